"""Pages of series: making, looking at, editing and ending them, and coming each time."""
