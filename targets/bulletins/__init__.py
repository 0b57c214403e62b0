"""通报: written from one stored run, passed up four desks, handed to the OA as a Word file."""
