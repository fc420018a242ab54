"""The door that all commands share."""

import subprocess
import sys

SEEN = "import os; from inbox.__main__ import main; main(['help']); print(oct(os.umask(0)))"


def test_what_a_command_writes_is_its_owners_alone() -> None:
    """Databases, copies and archives hold customers' words: from the first line on, no file is made that others can read."""
    said = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True, timeout=60, check=True)

    assert said.stdout.splitlines()[-1] == "0o77"
