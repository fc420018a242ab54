"""What every command shares: options that win over the settings, and errors told in a sentence."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bot import errors, log, settings
from bot.settings import Settings
from bot.store import schema

FAILED, WRONG = 1, 2


def parser(command: str, purpose: str) -> argparse.ArgumentParser:
    """A parser with the options that all commands know."""
    made = argparse.ArgumentParser(
        prog=f"comptoir {command}", description=purpose, formatter_class=argparse.RawTextHelpFormatter
    )
    made.add_argument("--config", type=Path, help="configuration file (default: comptoir.toml, or COMPTOIR_CONFIG)")
    made.add_argument("--data-dir", type=Path, help="folder of the embedded database (or COMPTOIR_DATA_DIR)")
    return made


def read(given: argparse.Namespace, **more: object) -> Settings:
    """The settings, with what was typed. Sets up logging. Raises Invalid."""
    read_settings = settings.load(given.config, data_dir=given.data_dir, **more)
    log.configure(read_settings.log_format, read_settings.log_level)
    return read_settings


def need_database(of: Settings) -> None:
    """Raise Invalid, before a file is made by looking for it, when there is no database or it is not up to date."""
    if not of.database_url and not (of.data_dir / "comptoir.db").is_file():
        raise errors.Invalid(
            f"There is no database in {of.data_dir} yet. Give --data-dir, or start with `comptoir serve`."
        )
    present = schema.present(of.url)
    if present != schema.newest():
        raise errors.Invalid("The database is empty or not up to date. Run `comptoir migrate` first.")


def told(run: Callable[[], int]) -> int:
    """Run a command; what goes wrong is said in one sentence, and 130 stands for an interruption by hand."""
    try:
        return run()
    except errors.Invalid as error:
        print(f"comptoir: {error.message}", file=sys.stderr)
        return WRONG
    except errors.ComptoirError as error:
        print(f"comptoir: {error.message}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
