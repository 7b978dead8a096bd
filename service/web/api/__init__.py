"""The API for programs: thin doors to the same actions and queries that pages use, described by OpenAPI."""
