"""How well the watch notices, on real data that lies beside the project and never in it: `python -m tests.watching`."""
