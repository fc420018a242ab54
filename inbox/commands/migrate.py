"""`comptoir migrate`: bring the database up to date, which `serve` also does by itself at its start."""

from contextlib import nullcontext

from bot.settings import Settings
from bot.store import schema, sole
from inbox.commands import common

PURPOSE = """Bring the database up to date, and say from what to what.
Exit code: 0 up to date, 1 with --check when it is not, 2 for wrong settings."""


def main(arguments: list[str]) -> int:
    parser = common.parser("migrate", PURPOSE)
    parser.add_argument("--check", action="store_true", help="only say what would be done")
    given = parser.parse_args(arguments)
    return common.told(lambda: _run(common.read(given), is_only_check=given.check))


def _run(settings: Settings, *, is_only_check: bool) -> int:
    before, needed = schema.present(settings.url), schema.newest()
    if before == needed:
        print(f"The database is up to date, at revision {needed}.")
        return 0
    if is_only_check:
        print(f"The database is {_named(before)}; this program needs revision {needed}. Run `comptoir migrate`.")
        return common.FAILED
    with nullcontext() if settings.database_url else sole.holder(settings.data_dir):
        schema.upgrade(settings.url)
    print(f"The database was {_named(before)}, and is at revision {schema.present(settings.url)} now.")
    return 0


def _named(revision: str | None) -> str:
    return f"at revision {revision}" if revision else "empty"
