"""Telling another office's system that there is something new to read: signed, from an outbox."""
