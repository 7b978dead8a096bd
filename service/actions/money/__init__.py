"""Money as a need: asked for, agreed, paid on or before the day; receipts; the most that is paid."""
