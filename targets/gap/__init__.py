"""还差几家: what a target still needs and who is nearest."""
