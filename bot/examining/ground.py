"""Settings that are allowed and yet do not fit together, and the folder of the embedded database."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bot.examining.findings import Finding, fine, warning, wrong
from bot.settings import Settings
from bot.store import sole

LITTLE, TOO_LITTLE = 1_000_000_000, 200_000_000
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def configuration(settings: Settings) -> Iterator[Finding]:
    """They were read, so each is allowed by itself; what remains is how they fit together."""
    channels = len(settings.channel)
    named = "no [[channel]] tables" if not channels else f"{channels} [[channel]] table{'s' if channels > 1 else ''}"
    yield fine("Configuration", f"Every setting is allowed; {named}.")
    names = [channel.name for channel in settings.channel]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield wrong(
            "Configuration", f"Two [[channel]] tables are named {name}.", "Give each channel a name of its own."
        )
    yield from _address(settings)


def _address(settings: Settings) -> Iterator[Finding]:
    """Whether the desk knows how it is reached."""
    address = urlsplit(settings.public_url)
    if not settings.public_url and settings.host not in _LOOPBACK:
        yield warning(
            "Configuration",
            f"The desk listens on {settings.host} but does not know its own address, so links and webhooks name the wrong one.",
            "Set public_url (COMPTOIR_PUBLIC_URL), such as https://desk.example.org.",
        )
    if address.scheme == "http" and address.hostname not in _LOOPBACK:
        yield warning(
            "Configuration",
            f"public_url is {settings.public_url}: passwords and customers' words travel readable.",
            "Put a reverse proxy with TLS in front (deploy/ has one) and set public_url to its https:// address.",
        )
    if address.scheme == "https" and not settings.trusted_proxies:
        yield warning(
            "Configuration",
            "public_url is https, so a proxy stands in front, but trusted_proxies is 0: every visitor seems to come from the"
            " proxy, and one who guesses passwords makes all others wait.",
            "Set trusted_proxies to how many proxies there are, usually 1.",
        )


def folder(settings: Settings) -> Iterator[Finding]:
    """Whether the embedded database has a place to live. Not asked for PostgreSQL."""
    if settings.database_url:
        return
    place = settings.data_dir.absolute()
    existing = next(each for each in (place, *place.parents) if each.exists())
    if why := _unwritable(existing):
        yield wrong(
            "Data folder",
            f"{place} cannot be written: {why}.",
            "Give the user that runs the desk the right to write there.",
        )
        return
    free = shutil.disk_usage(existing).free
    told = f"{free / 1e9:,.1f} GB are free"
    if free < TOO_LITTLE:
        yield wrong(
            "Data folder", f"{place} can be written, but only {told}.", "Make room: a full disk stops the desk."
        )
    elif free < LITTLE:
        yield warning("Data folder", f"{place} can be written, but only {told}.", "Make room before it stops the desk.")
    else:
        yield fine("Data folder", f"{place} {'can be written' if place == existing else 'can be made'}; {told}.")
    if process := sole.holding(place):
        yield fine("Data folder", f"A desk runs on it, as process {process}.")


def _unwritable(existing: Path) -> str:
    if not existing.is_dir():
        return f"{existing} is no folder"
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"can this be written?")
            file.flush()
    except OSError as error:
        return error.strerror or "it refuses"
    return ""
