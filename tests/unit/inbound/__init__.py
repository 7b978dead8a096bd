"""Tests of reading mail that comes in."""
