"""Files from offices, read into the contracts."""
