"""Forms of targets: fields, labels, cleaning."""
