"""Tests: what the house promises, shown."""
