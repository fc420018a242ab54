"""Who may import whom, as pyproject.toml draws it; and that the drawing itself would notice."""

import ast
import pathlib
import re
import subprocess
import sys

import grimp
import pytest

from tests.architecture.rooms import RoomsContract

ROOT = pathlib.Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("bot", "inbox") for path in (ROOT / folder).rglob("*.py"))
# What only one place may do. A module's clock and environment come to it as values.
ONLY_IN = {
    "datetime.now": "bot/clock.py",
    "datetime.utcnow": "bot/clock.py",
    "datetime.today": "bot/clock.py",
    "date.today": "bot/clock.py",
    "time.time": "bot/clock.py",
    "time.time_ns": "bot/clock.py",
    "os.environ": "bot/settings.py",
    "os.getenv": "bot/settings.py",
    "os.environb": "bot/settings.py",
}

# What is a transaction's own affair with its database, and how a statement begins.
THE_DATABASE = {"connection", "exec_driver_sql", "begin_nested", "driver_connection"}
STATEMENT = re.compile(
    r"\s*(?:select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from)\s", re.IGNORECASE | re.DOTALL
)


def named(tree: ast.AST) -> list[tuple[int, str]]:
    """Each dotted name in a module with its line, also when it was imported under its last part."""
    found = [(node.lineno, ast.unparse(node)) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def trespasses(path: str, source: str) -> list[str]:
    """Uses of what only another file may use."""
    return [
        f"{path}:{line} uses {name}, which only {place} may"
        for line, used in named(ast.parse(source))
        for name, place in ONLY_IN.items()
        if (used == name or used.endswith(f".{name}")) and path != place
    ]


def test_rooms_import_only_what_lies_below_them() -> None:
    """Every contract of pyproject.toml holds."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert result.returncode == 0, result.stdout[result.stdout.find("Broken contracts") :]


def graph(*imports: tuple[str, str]) -> grimp.ImportGraph:
    made = grimp.ImportGraph()
    for name in ("house.low", "house.high", "house.doors.one", "house.doors.two"):
        made.add_module(name)
    made.add_module("sql", is_squashed=True)
    for importer, imported in imports:
        made.add_import(importer=importer, imported=imported)
    return made


@pytest.mark.parametrize(
    ("importer", "imported", "is_kept"),
    [
        ("house.high", "house.low", True),
        ("house.low", "house.high", False),
        ("house.high", "house.doors.one", False),
        ("house.doors.one", "house.low", True),
        ("house.doors.one", "house.doors.two", False),
        ("house.low", "sql", True),
        ("house.high", "sql", False),
    ],
)
def test_the_rooms_contract_tells_right_from_wrong(importer: str, imported: str, is_kept: bool) -> None:
    """An import that the drawing does not allow breaks the contract, one that it allows does not."""
    options = {
        "rooms": ["house.low:", "house.high: house !house.doors", "house.doors.*: @below"],
        "groups": ["@below: house.low"],
        "libraries": ["sql: house.low"],
    }
    contract = RoomsContract(name="house", session_options={}, contract_options=options)

    assert contract.check(graph((importer, imported)), verbose=False).kept is is_kept


def test_a_module_without_a_room_breaks_the_contract() -> None:
    """New modules must be given their place."""
    options = {"rooms": ["house itself:", "house.low:", "house.doors.*:"], "groups": [], "libraries": []}
    contract = RoomsContract(name="house", session_options={}, contract_options=options)

    assert not contract.check(graph(), verbose=False).kept


def test_clock_and_environment_are_read_in_one_place() -> None:
    """Only `clock` reads the wall clock, only `settings` the environment."""
    found = [each for path in SOURCES for each in trespasses(path.relative_to(ROOT).as_posix(), path.read_text())]

    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['X']",
        "from os import environ",
        "import datetime\ndatetime.datetime.now()",
        "import time\ntime.time()",
    ],
)
def test_a_trespass_is_noticed(source: str) -> None:
    """However the clock or the environment is imported."""
    assert len(trespasses("bot/desk/anywhere.py", source)) == 1


def speaks_sql(path: str, source: str) -> list[str]:
    """Places that reach for the connection, or hold a statement."""
    tree = ast.parse(source)
    reached = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in THE_DATABASE]
    stated = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and STATEMENT.match(str(node.value))]
    return [f"{path}:{node.lineno} {ast.unparse(node)[:60]}" for node in (*reached, *stated)]


def test_only_the_store_speaks_sql() -> None:
    """Nobody else touches the connection of a transaction, or writes a statement."""
    outside = [path for path in SOURCES if not path.is_relative_to(ROOT / "bot" / "store")]
    found = [each for path in outside for each in speaks_sql(path.relative_to(ROOT).as_posix(), path.read_text())]

    assert len(outside) > 100
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "def verb(tx):\n    with tx.connection.begin_nested(): ...",
        "def verb(tx):\n    tx.execute('update ticket set state = 1')",
        'QUESTION = f"""\n  SELECT id FROM {1}"""',
    ],
)
def test_sql_outside_the_store_is_noticed(source: str) -> None:
    """However it is spoken."""
    assert speaks_sql("bot/desk/anywhere.py", source) != []


def test_imports_stand_at_the_top() -> None:
    """No import is hidden in a function, where nobody sees what a file needs."""
    hidden = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []
