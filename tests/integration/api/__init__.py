"""The API for programs, from outside."""
