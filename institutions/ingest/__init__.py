"""Files from offices, read into the registers."""
