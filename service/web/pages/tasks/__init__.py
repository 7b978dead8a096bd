"""What a human must do: the day's list, who to ring, what to post, and each task by itself."""
