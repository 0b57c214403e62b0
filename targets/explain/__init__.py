"""What a figure is made of: its records, coverage and freshness."""
