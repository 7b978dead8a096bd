"""The API for programs, `/api/v1`: the same actions, as JSON."""
