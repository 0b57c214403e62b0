"""The registers of institutions as lists: what each shows, by what it is narrowed and sorted."""
