"""Copies of a whole database, made while it is used, and put back. SQLite by its own backup, PostgreSQL by its own programs."""
