"""The contracts' registers on their way in from office sheets."""
