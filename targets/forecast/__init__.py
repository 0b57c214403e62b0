"""What lapses next if nothing is renewed."""
