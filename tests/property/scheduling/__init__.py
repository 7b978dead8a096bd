"""Times, notices and calendar files, by what holds for every input."""
