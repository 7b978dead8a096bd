"""What leaves the house: letters made from facts, and the channels that carry them."""
