"""Kit: what the organisation owns, who has it, and when it is due back."""
