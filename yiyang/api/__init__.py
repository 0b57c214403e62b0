"""The REST API other offices' systems talk to: tokens, resources, their documents and errors."""
