"""The pages of 契约, one module for each kind of page."""
