"""Taking a run: one frozen view, read in lanes or shards, stored at once."""
