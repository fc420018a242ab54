"""`comptoir demo` and its data: they are deleted with the demo, and never while it runs."""

import os
from pathlib import Path

import pytest

from bot.store import sole
from tests.inbox.commands.conftest import Comptoir


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """The folder of a demo that was played."""
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "DEMO").touch()
    (folder / "comptoir.db").write_bytes(b"what the customers said")
    return folder


@pytest.mark.parametrize("typed", [("demo", "--remove"), ("demo", "--port", "0")])
def test_a_demo_that_runs_keeps_its_data(comptoir: Comptoir, earlier: Path, typed: tuple[str, ...]) -> None:
    """Neither its removal nor a second demo takes the database from the process that runs it, which is named."""
    with sole.holder(earlier):
        said = comptoir(*typed)

    assert said.code == 1
    assert f"Process {os.getpid()} already runs the desk in {earlier}" in said.err
    assert (earlier / "comptoir.db").read_bytes() == b"what the customers said"


def test_a_demo_that_has_ended_is_removed(comptoir: Comptoir, earlier: Path) -> None:
    """Its folder is gone, and with it the lock."""
    assert comptoir("demo", "--remove").code == 0
    assert not earlier.exists()


def test_what_is_no_demo_is_left_alone(comptoir: Comptoir, earlier: Path) -> None:
    """A folder without the mark is not touched, not even by a lock."""
    (earlier / "DEMO").unlink()

    assert comptoir("demo", "--remove").code == 1
    assert [file.name for file in earlier.iterdir()] == ["comptoir.db"]
