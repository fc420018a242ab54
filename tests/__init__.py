"""The suite. `conftest.py` has the few fixtures, `databases.py` and `browsers.py` find what the machine offers.

`bot/` and `inbox/` mirror the code path for path, `connectors/` holds the contract that every network passes, `journeys/`
goes the whole way through, `architecture/` keeps the house as it was drawn, and `bench/` measures.
"""
