"""The door that all commands share."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from inbox.__main__ import main

ROOT = Path(__file__).parents[3]
SEEN = "import os; from inbox.__main__ import main; main(['help']); print(oct(os.umask(0)))"


def test_what_a_command_writes_is_its_owners_alone() -> None:
    """Databases, copies and archives hold customers' words: from the first line on, no file is made that others can read."""
    said = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True, timeout=60, check=True)

    assert said.stdout.splitlines()[-1] == "0o77"


def test_the_program_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` says the number under which it is packaged and its image is made."""
    number = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"comptoir {number}\n"
    for name in ("compose.yaml", "compose.scale.yaml"):
        assert f"image: comptoir:{number}\n" in (ROOT / "deploy" / name).read_text(encoding="utf-8")
