"""Two records of one institution made one: what moves, what stands in the way, and its undoing."""
