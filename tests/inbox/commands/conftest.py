"""The command line as an operator uses it, on each database: what was typed, and what was answered."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.settings import ChannelSettings, Settings
from bot.store.database import run_once
from inbox.__main__ import main
from tests import world
from tests.world import Bank


@dataclass(frozen=True, slots=True)
class Answer:
    """The exit code, and what was written to both outputs."""

    code: int
    out: str
    err: str


Comptoir = Callable[..., Answer]


@pytest.fixture
def comptoir(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Comptoir:
    """`comptoir("check", "--json")`: the command, on a fresh and empty desk."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPTOIR_DATA_DIR", str(tmp_path))
    if database_url.startswith("postgresql"):
        monkeypatch.setenv("COMPTOIR_DATABASE_URL", database_url)

    def run(*arguments: str) -> Answer:
        capsys.readouterr()
        mask = os.umask(0o022)
        try:
            code = main(list(arguments))
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        finally:
            os.umask(mask)
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return run


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The same desk, for a test that runs it."""
    given = "" if database_url.startswith("sqlite") else database_url
    return Settings(database_url=given, data_dir=tmp_path, port=0, channel=tuple[ChannelSettings, ...]())


@pytest.fixture
def bank(database_url: str) -> Bank:
    """Crédit des Deux Rives, as it stands in the database."""
    return run_once(database_url, world.open_bank)
