"""The public page of an organisation: what everybody may see, and asking to join."""
