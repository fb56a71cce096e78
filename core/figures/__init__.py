"""Arrays in, pictures out: nothing here knows the engine or the interface."""
