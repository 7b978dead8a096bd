"""Pages and the API: two thin doors to the same actions. No SQL here."""
