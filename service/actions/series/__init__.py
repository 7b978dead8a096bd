"""What people and timers do with series: planning, starting, joining, editing, splitting and ending them."""
