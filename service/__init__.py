"""The world: pages, the API, the command, storage, letters, rooms and the clock."""
