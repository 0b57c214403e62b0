"""Tags of the templates of targets."""
