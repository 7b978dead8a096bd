"""Jitsi servers: a guided way to add one, its page, its secrets, and what an organisation sees of it."""
