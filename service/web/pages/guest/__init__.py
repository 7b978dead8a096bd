"""A participant's own pages: the invitation, the answer, who comes along, their details, their link."""
