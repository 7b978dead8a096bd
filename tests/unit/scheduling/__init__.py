"""Times, ways, plans, notices and calendar files, by example."""
