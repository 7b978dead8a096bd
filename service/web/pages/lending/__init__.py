"""Kit: what the organisation owns, who has it, what is booked for sessions, and lending it."""
