"""Mail that comes in: read into values without any I/O, and the two ways it gets here (IMAP and LMTP)."""
