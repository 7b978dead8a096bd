"""The service on real databases, both of them."""
