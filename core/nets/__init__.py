"""Small networks, written to be read, and trained by the optimizers of the race."""
