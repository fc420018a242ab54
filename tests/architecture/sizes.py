"""How big files, functions and templates are, and the ratchet: what is over its goal is written down and may only shrink.

`python -m tests.architecture.sizes` lowers the ratchet to what is there now; it never raises it. `--accept` also takes what has
grown or is new: sizes.json then shows it to whoever reviews the change.
"""

import ast
import json
import pathlib
import sys
from statistics import quantiles

ROOT = pathlib.Path(__file__).parents[2]
RATCHET = pathlib.Path(__file__).with_name("sizes.json")
FILE_GOAL, FILE_LIMIT = 220, 400
FUNCTION_GOAL, FUNCTION_LIMIT = 25, 50


def _sources(*endings: str) -> list[pathlib.Path]:
    found = [path for folder in ("bot", "inbox") for ending in endings for path in (ROOT / folder).rglob(f"*.{ending}")]
    return sorted(path for path in found if not {"versions", "vendor", "node_modules"} & set(path.parts))


def _lines(path: pathlib.Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _name(path: pathlib.Path) -> str:
    return path.relative_to(ROOT).as_posix()


def files() -> dict[str, int]:
    """Lines of each file that people write."""
    return {_name(path): _lines(path) for path in _sources("py", "js", "css", "html")}


def code() -> dict[str, int]:
    return {name: lines for name, lines in files().items() if name.endswith(".py")}


def templates() -> dict[str, int]:
    return {name: lines for name, lines in files().items() if name.endswith(".html")}


def functions() -> dict[str, tuple[int, int]]:
    """Lines and parameters of each function and method."""
    found: dict[str, tuple[int, int]] = {}
    for path in _sources("py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                given = node.args
                count = sum(
                    each.arg not in {"self", "cls"} for each in given.posonlyargs + given.args + given.kwonlyargs
                )
                found[f"{_name(path)}:{node.name}:{node.lineno}"] = ((node.end_lineno or 0) - node.lineno + 1, count)
    return found


def tail() -> dict[str, int]:
    """What is over its goal now. A function is named without its line, which moves."""
    long_files = {name: lines for name, lines in files().items() if lines > FILE_GOAL}
    long_functions = {
        name.rpartition(":")[0]: lines for name, (lines, _) in functions().items() if lines > FUNCTION_GOAL
    }
    return {**long_files, **long_functions}


def recorded() -> dict[str, int]:
    return dict(json.loads(RATCHET.read_text(encoding="utf-8")))


def ninetieth(values: list[int]) -> float:
    return quantiles(values, n=10)[-1]


def main() -> None:
    now = tail()
    known = now if "--accept" in sys.argv[1:] else recorded()
    kept = {name: min(lines, now[name]) for name, lines in sorted(known.items()) if name in now}
    RATCHET.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    print(*(f"{lines:4} {name}" for name, lines in sorted(now.items(), key=lambda each: -each[1])), sep="\n")


if __name__ == "__main__":
    main()
