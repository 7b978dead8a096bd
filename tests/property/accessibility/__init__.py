"""Properties of the rules of needs, requests, consent and disclosure."""
