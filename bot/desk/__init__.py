"""Verbs on tickets. Each takes a transaction, checks, changes, and writes its event; or raises one of `bot.errors`.

No network is known here, and no SQL: what is asked or kept goes through the named functions of `bot.store`.
"""
