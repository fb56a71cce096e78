"""The race: several optimizers down one surface."""
