"""The institutions app's part of the REST API."""
