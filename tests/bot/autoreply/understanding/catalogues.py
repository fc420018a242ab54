"""Catalogues of messages of our own writing, kept as text: a heading in brackets, and a message per line below it."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    heading: str
    text: str
    also: tuple[str, ...] = ()


def read(name: str) -> list[Line]:
    """The messages of a catalogue with their headings. `also` stands after " | "."""
    lines: list[Line] = []
    heading = ""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            heading = line[1:-1]
        elif line and not line.startswith("# "):
            text, _, also = line.partition(" | ")
            lines.append(Line(heading, text, tuple(also.split())))
    return lines
