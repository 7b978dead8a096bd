"""Money people ask for: their own pages, the desk, the coordinator's list, the cash list, the limits."""
