"""What was said before we were there, and is read from a file."""
