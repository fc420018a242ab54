"""The `comptoir` command: a file per command, imported only when it is typed, so that `--help` answers at once."""
