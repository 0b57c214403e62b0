"""Agreements, teams and sign-ups as lists: what each shows, by what it is narrowed and sorted."""
