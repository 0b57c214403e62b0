"""What charts show, and that they show it to everybody."""
