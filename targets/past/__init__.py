"""Past days: as known then, as known now, on either day's map."""
