"""The leaders' report on a run: what it says, and how it is printed."""
