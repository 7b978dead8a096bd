"""One module per group of pages; handlers read, call an action or a query, and answer."""
