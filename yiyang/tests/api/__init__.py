"""Tests of the REST API through its addresses, as another office's system calls it."""
