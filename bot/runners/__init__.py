"""The long loops: listening, working, dispatching, sealing, indexing, keeping house.

Each says when it last turned, restarts by itself, and stops at once.
"""
