"""The catalogue of every optimizer, schedule and surface."""
