"""The files of the project: those that git knows, or, where it lies without git, all that are not made by running it."""

import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).parents[2]
MADE = {
    ".venv",
    ".git",
    "__pycache__",
    "node_modules",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
}
MADE |= {"comptoir-data", "dist", ".hypothesis"}


def files(folder: str = "") -> list[pathlib.Path]:
    """Every file below `folder`, as it lies here."""
    listed = _known_to_git(folder) if (ROOT / ".git").exists() and shutil.which("git") else _lying_here(folder)
    return [path for path in listed if path.is_file()]


def _known_to_git(folder: str) -> list[pathlib.Path]:
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", folder or "."]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def _lying_here(folder: str) -> list[pathlib.Path]:
    return sorted(path for path in (ROOT / folder).rglob("*") if not MADE & set(path.relative_to(ROOT).parts))
