"""What a connector can say to people, found in its source: each sentence of an error, with something in its blanks."""

import ast
import pathlib


def sentences(folder: pathlib.Path) -> list[str]:
    """Each sentence of an error that is raised in a connector's folder."""
    found: set[str] = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("errors.") and node.args:
                found |= _written(node.args[0])
    return sorted(found)


def _written(given: ast.expr) -> set[str]:
    if isinstance(given, ast.Constant):
        return {str(given.value)}
    parts = given.values if isinstance(given, ast.JoinedStr) else []
    written = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
    # What begins with a blank is put together of a sentence of its own, and is told by the tests of refusals.
    return set() if not written or written.startswith(("{}", "`{}")) else {written.replace("{}", "7")}
