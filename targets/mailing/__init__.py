"""The nightly report by e-mail: who gets it, and an outbox from which each goes out once."""
