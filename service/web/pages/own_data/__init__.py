"""Pages about all that is kept of one person: to be given it, and to be erased."""
