"""The anatomy of a step."""
