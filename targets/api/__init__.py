"""The targets app's part of the REST API."""
