"""`comptoir backup FILE`: a verified copy, made while the desk runs."""

from dataclasses import asdict
from pathlib import Path

import orjson

from bot import safekeeping
from bot.safekeeping import Contents
from bot.settings import Settings
from inbox.commands import common

PURPOSE = """Write a verified copy of the database while the desk runs.
FILE appears whole or not at all, and FILE.sha256 beside it.
It holds customers' words and names: keep it as you keep the database. Secrets of channels are not in it.
Exit code: 0 written and whole, 1 the copy could not be made or its journal is broken, 2 for wrong settings."""


def main(arguments: list[str]) -> int:
    parser = common.parser("backup", PURPOSE)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    given = parser.parse_args(arguments)
    return common.told(lambda: _run(common.read(given), given.file, is_json=given.json))


def _run(settings: Settings, file: Path, *, is_json: bool) -> int:
    common.need_database(settings)
    contents = safekeeping.back_up(settings, file)
    if is_json:
        print(orjson.dumps({"file": str(file), "bytes": file.stat().st_size, **asdict(contents)}).decode())
    else:
        print(f"{file} is written and verified: {file.stat().st_size / 1e6:,.1f} MB.")
        print("\n".join(said(contents)))
    return common.FAILED if contents.broken else 0


def said(contents: Contents) -> list[str]:
    """What is in a copy, in sentences."""
    counts = ", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for noun, count in contents.counts.items())
    journal = (
        "is broken" if contents.broken else f"is whole, {contents.links:,} links, head {contents.head or '(none yet)'}"
    )
    return [f"It holds {counts}, at revision {contents.revision}.", f"Its journal {journal}.", *contents.broken]
