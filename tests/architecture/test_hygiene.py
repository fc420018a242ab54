"""What must not be in any committed file, and what every test owes its reader."""

import ast
import re

from tests.architecture import tree

ROOT = tree.ROOT
# Put together here, so that this file does not name what it forbids.
REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian.org"]
MACHINE = r"(?<![\w.$}*-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot"]) + r")/"
PLACES = re.compile("|".join([re.escape(host) for host in REGISTRIES] + [MACHINE]))
LEFT_OVER = re.compile(
    r"^(?:<{7} |>{7} |={7}$)|\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b", re.MULTILINE
)


def committed() -> dict[str, str]:
    """Every text file of the project."""
    found = {path.relative_to(tree.ROOT).as_posix(): path.read_bytes() for path in tree.files()}
    return {name: content.decode("utf-8", "replace") for name, content in found.items() if b"\0" not in content[:8000]}


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    """Where packages come from, and where somebody keeps this project, is nobody else's affair."""
    found = {name: match[0] for name, text in committed().items() if (match := PLACES.search(text))}

    assert found == {}


def test_no_file_has_something_left_over() -> None:
    """No marks of a merge, and no work to be done later: that stands in the issues."""
    found = {name: match[0] for name, text in committed().items() if (match := LEFT_OVER.search(text))}

    assert found == {}


def test_every_test_states_its_promise() -> None:
    """Each test has a docstring of one sentence or more."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_no_test_waits_by_the_clock() -> None:
    """A test waits for what it wants to see, with a limit; it never sleeps and hopes."""
    sleeping = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep"}
        and ast.unparse(node.args[0]) != "0"
    ]

    assert sleeping == []
