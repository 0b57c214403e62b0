"""季度监测: forms, prefilling, checks, steps, corrections and editions of quarterly returns."""
