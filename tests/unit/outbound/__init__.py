"""Letters and the channels that carry them, without a network."""
