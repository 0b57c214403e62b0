"""Speed measured against the least the same database could do, on generated registers."""
