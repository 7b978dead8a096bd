"""Online rooms: their addresses. Nothing in here asks the network."""
