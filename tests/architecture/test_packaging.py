"""What is installed is what is declared, pinned and hashed; and what is built holds everything that runs."""

import ast
import importlib.metadata
import pathlib
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture import tree

ROOT = pathlib.Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OPTIONAL = [each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra]
LOCKS = ("deploy/requirements.txt", "deploy/requirements-test.txt")
# Imported under another's name, or only by being installed: each with its reason.
WITHOUT_IMPORT = {
    "tzdata": "the standard library reads it where the system has no time zones of its own",
}


# The benchmarks stay in the checkout; `comptoir bench` says so where they are missing.
OURS = {"bot", "inbox", "tests"}


def declared() -> dict[str, set[str]]:
    """What the project says it needs at run time, with the extras asked for."""
    given = [*PROJECT["project"]["dependencies"], *OPTIONAL]
    return {canonicalize_name(each.name): set(each.extras) for each in map(Requirement, given)}


def imported() -> set[str]:
    """The distributions whose modules `bot` and `inbox` import, also by name for SQLAlchemy's drivers."""
    modules = {name for folder in ("bot", "inbox") for path in (ROOT / folder).rglob("*.py") for name in _modules(path)}
    packages = importlib.metadata.packages_distributions()
    theirs = {name for name in modules if name not in sys.stdlib_module_names and name not in OURS}
    unknown = theirs - packages.keys()
    assert not unknown, f"imported, but not installed: {unknown}"
    return {canonicalize_name(distribution) for name in theirs for distribution in packages[name]}


def _modules(path: pathlib.Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "importlib.import_module":
            found |= {each.value.partition(".")[0] for each in node.args if isinstance(each, ast.Constant)}
    return found


def test_everything_imported_is_declared() -> None:
    """No module lives off what another one happens to bring along, except what SQLAlchemy, aiohttp and Jinja promise to."""
    brought = {
        "markupsafe": "jinja2",
        "multidict": "aiohttp",
        "yarl": "aiohttp",
        "pydantic-core": "pydantic",
        "click": "typer",
    }

    assert sorted(name for name in imported() - declared().keys() if brought.get(name) not in declared()) == []


def test_everything_declared_is_imported() -> None:
    """Nothing is installed that nobody uses."""
    assert sorted(declared().keys() - imported() - WITHOUT_IMPORT.keys()) == []


def pins(lock: str) -> dict[str, str]:
    """Each pinned requirement with everything that belongs to it."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {canonicalize_name(line.partition("==")[0]): line for line in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    """What is installed is, byte for byte, what was locked."""
    assert [
        line for line in pins(lock).values() if not re.search(r"^[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_pin_names_a_place(lock: str) -> None:
    """A lock holds no address, host, index or folder: where packages come from is the installing machine's affair."""
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert (
        re.findall(
            r"^.*(?:://|--(?:extra-)?index|--find-links|--trusted-host|@ |\bfile:|\.(?:org|com|net|io)\b).*$",
            text,
            re.MULTILINE,
        )
        == []
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_fits_the_project(lock: str) -> None:
    """Each declared dependency is pinned to a version that the project allows."""
    given = [*PROJECT["project"]["dependencies"], *OPTIONAL]
    given += PROJECT["dependency-groups"]["test"] if lock.endswith("-test.txt") else []
    locked = {name: re.split(r"[ ;]", line.partition("==")[2])[0] for name, line in pins(lock).items()}

    assert [
        each for each in map(Requirement, given) if not each.specifier.contains(locked[canonicalize_name(each.name)])
    ] == []


def test_the_tests_run_on_what_is_deployed() -> None:
    """The tests' lock pins the same versions as the deployment's."""
    deployed, tested = pins(LOCKS[0]), pins(LOCKS[1])

    assert {name for name in deployed if deployed[name].split()[0] != tested[name].split()[0]} == set()


def test_the_wheel_holds_everything_that_runs(tmp_path: pathlib.Path) -> None:
    """Manifests, templates, catalogues, styles and migrations travel with the code; tests and development files do not."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
        scripts = next(wheel.read(name).decode() for name in wheel.namelist() if name.endswith("entry_points.txt"))
    ours = {path.relative_to(ROOT).as_posix() for folder in ("bot", "inbox") for path in tree.files(folder)}

    assert ours - packed == set()
    assert {name.partition("/")[0] for name in packed} == {"bot", "inbox"}
    assert "comptoir = inbox.__main__:main" in scripts
