"""Examples for the rules of needs, requests, consent and disclosure."""
