"""Small examples of pure code and of single modules."""
