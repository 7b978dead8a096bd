"""Setting up: what an admin decides for the whole organisation, and the demonstration's post tray."""
