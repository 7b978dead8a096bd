"""Calendar feeds: what programs fetch again and again, and the pages on which people get one."""
