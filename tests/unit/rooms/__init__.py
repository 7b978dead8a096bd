"""Tests of links into online rooms."""
