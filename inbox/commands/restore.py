"""`comptoir restore FILE`: a desk put back from a copy, paused."""

from pathlib import Path

from bot import safekeeping
from bot.safekeeping import Restored
from bot.settings import Settings
from inbox.commands import backup, common

PURPOSE = """Put the desk back from a backup. The copy is verified first.
A desk that is there is put aside, and only with --replace.
Afterwards every channel is paused, replies that were on their way wait for a person's decision, and everybody signs in anew.
Exit code: 0 restored, 1 when a desk runs or stands in the way, 2 when the backup or a setting cannot be used."""


def main(arguments: list[str]) -> int:
    parser = common.parser("restore", PURPOSE)
    parser.add_argument("file", type=Path)
    parser.add_argument("--replace", action="store_true", help="put aside the desk that is there")
    given = parser.parse_args(arguments)
    return common.told(lambda: _run(common.read(given), given.file, is_to_replace=given.replace))


def _run(settings: Settings, file: Path, *, is_to_replace: bool) -> int:
    restored = safekeeping.restore(settings, file, is_to_replace=is_to_replace)
    print(
        "\n".join(
            [f"The desk is restored from {file}.", *backup.said(restored.contents), *_warnings(settings, restored)]
        )
    )
    return 0


def _warnings(settings: Settings, restored: Restored) -> list[str]:
    recovered = restored.recovered
    said = []
    if not restored.has_checksum:
        said.append("There was no checksum beside it; it was verified by its contents alone.")
    if restored.former and settings.database_url:
        said.append(
            f'What was there before is kept in the schema {restored.former}; DROP SCHEMA "{restored.former}" CASCADE removes it.'
        )
    elif restored.former:
        said.append(f"What was there before is kept as {restored.former}.")
    if recovered.channels:
        said.append(
            f"Paused: {', '.join(recovered.channels)}. What was said since the backup is not here; then resume each channel."
        )
    if recovered.replies:
        said.append(
            f"Replies that may have been sent since: {recovered.replies}. Each is marked uncertain, for an agent to decide about."
        )
    said.append("Everybody has to sign in again.")
    return said
