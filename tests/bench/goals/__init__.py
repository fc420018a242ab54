"""One module per promise of speed. Each has `run(ground)`, which yields results as they are known."""
