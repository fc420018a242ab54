"""The long loops: listening, working, dispatching, sealing, keeping house.

Each says when it last turned, restarts by itself, and stops at once.
"""
