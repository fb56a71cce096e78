"""A run, taken away: tables and programs."""
