"""The demonstration: invented organisations, people and sessions, laid out relative to today."""
