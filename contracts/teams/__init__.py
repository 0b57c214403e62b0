"""Doctor teams: what the register holds about one, and the forms that keep it."""
