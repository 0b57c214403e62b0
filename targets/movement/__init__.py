"""Why a figure moved between two runs."""
