"""What all papers share: the archive, its pages, and the reader papers are counted for."""
