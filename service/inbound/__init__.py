"""Mail from outside: read by functions without I/O, fetched from a mailbox or taken in by LMTP."""
