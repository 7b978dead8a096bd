"""Pages about meetings for those who plan and host them; "session" on screen."""
