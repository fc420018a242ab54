"""What browsers are sent parses, finds its neighbours, and asks nobody else."""

import pathlib
import re
import shutil
import subprocess

import pytest

from inbox import rendering

SCRIPTS = sorted(path for path in rendering.STATIC.rglob("*.js") if "vendor" not in path.parts)
STYLES = sorted(path for path in rendering.STATIC.rglob("*.css") if "vendor" not in path.parts)
# What would run text as code, or what the content security policy refuses.
FORBIDDEN = re.compile(
    r"\beval\(|new Function\(|document\.write\(|\.onclick\s*=|javascript:|https?://|(?<!:)//[a-z]+\.[a-z]+/"
)


def name(path: pathlib.Path) -> str:
    return path.relative_to(rendering.STATIC).as_posix()


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*$", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_parse(path: pathlib.Path) -> None:
    """Each script is one that a browser understands; judged by Node where it is installed."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed here")
    check = [node, "--input-type=module", "--check"]
    result = subprocess.run(check, input=path.read_bytes(), capture_output=True, timeout=30, check=False)

    assert result.returncode == 0, result.stderr.decode()


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_find_their_neighbours(path: pathlib.Path) -> None:
    """Every module that a script imports is there, and exports what is asked for by name."""
    text = path.read_text(encoding="utf-8")
    asked = re.findall(r"^import (?:\{([^}]*)\}|[^{\"]*)\s*(?:from )?\"(\./[\w.-]+)\"", text, re.MULTILINE)
    missing = [
        f"{file}: {word}"
        for words, file in asked
        for word in [each.split(" as ")[0].strip() for each in words.split(",")] or [""]
        if not (path.parent / file).is_file() or (word and not exports(path.parent / file, word))
    ]

    assert missing == []


def exports(path: pathlib.Path, word: str) -> bool:
    text = path.read_text(encoding="utf-8")
    return re.search(rf"^export (?:async )?(?:function\*?|const|let|class) {word}\b", text, re.MULTILINE) is not None


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES], ids=name)
def test_nothing_is_run_from_text_or_fetched_from_elsewhere(path: pathlib.Path) -> None:
    """No script turns text into code, and nothing asks another host."""
    found = FORBIDDEN.findall(without_comments(path.read_text(encoding="utf-8")).replace('^="http"', ""))

    assert found == []


def test_scripts_and_styles_are_there() -> None:
    """This file looks where they are."""
    assert len(SCRIPTS) > 5
    assert len(STYLES) > 2
