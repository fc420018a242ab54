"""The doors: one folder per network, the same rooms in each. See README.md to add one."""
