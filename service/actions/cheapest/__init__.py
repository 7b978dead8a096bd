"""What it costs to leave nobody out of a meeting: the cheapest arrangement, and what else there is."""
