"""Tables and their queries, one module per aggregate. Where the two databases differ stays in here."""
