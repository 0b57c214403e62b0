"""The target table and its exports."""
