"""`comptoir check`: what is fine and what is wrong, in sentences, and what to do about it."""

import argparse
import asyncio
from dataclasses import asdict

import orjson

from bot import bootstrap, errors
from bot.examining import doors, ground, memory, vitals
from bot.examining.findings import Finding, Grade, worst, wrong
from bot.settings import Settings
from inbox.commands import common

PURPOSE = """Say what is fine and what is wrong with configuration, data folder, database, sign-in and channels, and what to do.
Nothing is changed. Exit code: 0 all is fine, 1 there are warnings, 2 something is wrong."""
CODES = {Grade.FINE: 0, Grade.WARNING: common.FAILED, Grade.WRONG: common.WRONG}


def main(arguments: list[str]) -> int:
    parser = common.parser("check", PURPOSE)
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")
    given = parser.parse_args(arguments)
    return common.told(lambda: asyncio.run(_run(given)))


async def _run(given: argparse.Namespace) -> int:
    found: list[Finding] = []
    try:
        settings = common.read(given, log_level="error")
    except errors.Invalid as error:
        found.append(wrong("Configuration", error.message, "Change it; nothing else can be looked at before."))
    else:
        found += [*ground.configuration(settings), *ground.folder(settings)]
        found += await _living(settings)
    if given.json:
        print(orjson.dumps({"result": worst(found), "findings": [asdict(one) for one in found]}).decode())
    else:
        print("\n".join(_told(found)))
    return CODES[worst(found)]


async def _living(settings: Settings) -> list[Finding]:
    """The database, and what needs it."""
    remembered = memory.examine(settings)
    rows = remembered.seen.channels if remembered.seen else None
    asked = doors.examine(settings, bootstrap.accounts(settings), rows)
    noted = vitals.examine(remembered.seen) if remembered.seen else ()
    return [*remembered.findings, *[finding async for finding in asked], *noted]


def _told(found: list[Finding]) -> list[str]:
    lines = []
    for finding in found:
        lines.append(f"{finding.grade:8} {finding.about}: {finding.sentence}")
        if finding.remedy:
            lines.append(f"         → {finding.remedy}")
    counts = {grade: sum(one.grade is grade for one in found) for grade in Grade}
    many = counts[Grade.WARNING], counts[Grade.WRONG]
    lines += [
        "",
        "All is fine." if not any(many) else f"Wrong: {many[1]}. Warnings: {many[0]}. Fine: {counts[Grade.FINE]}.",
    ]
    return lines
