"""The lists of this app, each one declaration for its page and its files."""
