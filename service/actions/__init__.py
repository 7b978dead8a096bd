"""What people and timers do: one module per thing, each one transaction that the edge commits."""
