"""What people need: recording it, opening own words, and the life of requests."""

from service.storage.sealed import CannotOpen, Sealer

__all__ = ["CannotOpen", "Sealer"]
