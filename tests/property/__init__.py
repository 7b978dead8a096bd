"""Properties that hold for every input hypothesis can think of."""
