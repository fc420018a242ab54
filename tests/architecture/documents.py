"""The tables that README and env.example owe to the code. `python -m tests.architecture.documents` writes them anew.

In README each table stands between two marks, `<!-- settings -->` and `<!-- /settings -->`, and so on.
"""

import pathlib
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from pydantic.fields import FieldInfo

from bot import settings
from bot.connectors import registry
from inbox import routes
from inbox.__main__ import COMMANDS

ROOT = pathlib.Path(__file__).parents[2]
README = ROOT / "README.md"
EXAMPLE = ROOT / "deploy/env.example"
# Variables that are read, but are no fields: the file's own place, and the channels' secrets.
OTHERS = {
    "COMPTOIR_CONFIG": ("comptoir.toml", "The configuration file"),
    "COMPTOIR_SECRET_…": (
        "",
        "Secrets of channels, under names of your own; a `[[channel]]` table says which is which",
    ),
}


def plain_settings() -> Iterator[tuple[str, FieldInfo]]:
    """Each setting but the channel tables, which have no variable."""
    return ((name, field) for name, field in settings.Settings.model_fields.items() if name != "channel")


def shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_table() -> str:
    rows = [
        (
            f"`{settings.PREFIX}{name.upper()}`",
            f"`{shown(field.default)}`" if shown(field.default) else "",
            field.description,
        )
        for name, field in plain_settings()
    ]
    rows += [(f"`{name}`", f"`{default}`" if default else "", text) for name, (default, text) in OTHERS.items()]
    return table(("variable", "default", "meaning"), rows)


def channel_table() -> str:
    fields = settings.ChannelSettings.model_fields.items()
    rows = [(f"`{name}`", "yes" if field.is_required() else "", field.description) for name, field in fields]
    return table(("key of a `[[channel]]` table", "needed", "meaning"), rows)


def networks_table() -> str:
    rows = []
    for name, manifest in registry.networks().items():
        places = [word for word, has in (("private", manifest.has_private), ("public", manifest.has_public)) if has]
        options = [f"`{each.name}`{' (secret)' if each.is_secret else ''}" for each in manifest.settings]
        rows.append(
            (
                manifest.title,
                f"`{name}`",
                ", ".join(manifest.hears),
                ", ".join(places),
                str(manifest.limit),
                ", ".join(options),
            )
        )
    return table(("network", "`network =`", "heard by", "conversations", "longest reply", "options and secrets"), rows)


def commands_table() -> str:
    return table(
        ("command", "what it does"), [(f"`comptoir {name}`", purpose) for name, (_, purpose) in COMMANDS.items()]
    )


def addresses_table() -> str:
    rows = [(method, f"`{plain(address)}`", promise(handler)) for method, address, handler in routes.URLS]
    return table(("method", "address", "what it does"), rows)


def plain(address: str) -> str:
    r"""An address without the patterns of its parts: {ticket:\\d{1,18}} is {ticket}."""
    return re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", address)


def promise(handler: Callable[..., Any]) -> str:
    """What a handler says that it does; where its name says enough, what its page is for. The first line of the docstring."""
    said = handler.__doc__ or sys.modules[handler.__module__].__doc__ or ""
    return said.strip().partition("\n")[0]


def table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def env_example() -> str:
    """Every setting with its meaning and its default, commented out."""
    head = (
        "# Every setting of Comptoir, with its default. Take away the # before what you change.\n"
        "# Each may also stand in comptoir.toml in lower case without COMPTOIR_; the environment wins.\n"
    )
    given = [
        (f"{settings.PREFIX}{name.upper()}", shown(field.default), field.description)
        for name, field in plain_settings()
    ]
    given.append(("COMPTOIR_CONFIG", *OTHERS["COMPTOIR_CONFIG"]))
    text = "".join(f"\n# {meaning}\n#{name}={default}\n" for name, default, meaning in given)
    secret = (
        "\n# Secrets of channels, under names that your [[channel]] tables give them:\n#COMPTOIR_SECRET_TELEGRAM=\n"
    )
    return head + text + secret


TABLES: dict[str, Callable[[], str]] = {
    "commands": commands_table,
    "settings": settings_table,
    "channels": channel_table,
    "networks": networks_table,
    "addresses": addresses_table,
}


def mark(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n)(.*?)(<!-- /{name} -->)", re.DOTALL)


def written(name: str) -> str:
    """What README says between the marks of a table."""
    found = mark(name).search(README.read_text(encoding="utf-8"))
    return found[2].strip() if found else ""


def main() -> None:
    text = README.read_text(encoding="utf-8")
    for name, made in TABLES.items():
        text = mark(name).sub(lambda match, made=made: f"{match[1]}{made()}\n{match[3]}", text)
    README.write_text(text, encoding="utf-8")
    EXAMPLE.write_text(env_example(), encoding="utf-8")


if __name__ == "__main__":
    main()
