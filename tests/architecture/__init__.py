"""Keeps the house as it was drawn: who may import whom, how big things may get, what must be written down."""
