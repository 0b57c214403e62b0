"""定版: a run frozen under a fingerprint, published by a second person, checked and corrected."""
