"""Schedules, and what they do to a run."""
