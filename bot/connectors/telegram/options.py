"""What a Telegram channel was told, checked once: from here on the values are typed and the secrets are not shown."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from bot import errors, wire
from bot.connectors.base import Account

TELEGRAM = "https://api.telegram.org"
# The token becomes part of an address: nothing but its own letters may stand in it.
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_HOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Mode(StrEnum):
    POLL = "poll"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Options:
    base_url: str
    mode: Mode
    groups: frozenset[int]
    hook_url: str
    is_private_network_allowed: bool
    token: str = field(repr=False)
    hook_secret: str = field(repr=False)


def read(account: Account) -> Options:
    """The account's options. Raises Invalid with the setting's name, and with its value unless that is a secret."""
    mode = _mode(account.options.get("mode", ""))
    return Options(
        base_url=_address(account),
        mode=mode,
        groups=_groups(account.options.get("groups", "")),
        hook_url=account.hook_url,
        is_private_network_allowed=account.is_private_network_allowed,
        token=_token(account.secrets.get("token", "")),
        hook_secret=_hook_secret(account.secrets.get("hook_secret", ""), mode),
    )


def _address(account: Account) -> str:
    """Where Telegram is. The token is a part of each address, so it must be reached over https, or be on this machine."""
    address = (account.base_url or TELEGRAM).rstrip("/")
    if not wire.is_callable(address, is_local_allowed=account.is_private_network_allowed):
        raise errors.Invalid(wire.NOT_CALLABLE, field="base_url")
    return address


def _mode(text: str) -> Mode:
    try:
        return Mode(text.strip() or Mode.POLL)
    except ValueError as error:
        raise errors.Invalid(f"`mode` is {text!r}; it may be `poll` or `webhook`.", field="mode") from error


def _groups(text: str) -> frozenset[int]:
    try:
        return frozenset(int(part) for part in text.replace(",", " ").split())
    except ValueError as error:
        raise errors.Invalid(
            f"`groups` is {text!r}; it may hold the groups' numbers, such as -1001234567890, separated by commas.",
            field="groups",
        ) from error


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise errors.Invalid("`token` is missing or is not a bot's token: digits, a colon, letters.", field="token")
    return text


def _hook_secret(text: str, mode: Mode) -> str:
    if not text and mode is Mode.POLL:
        return ""
    if not _HOOK_SECRET.fullmatch(text):
        raise errors.Invalid(
            "`hook_secret` is missing or not fit: 1 to 256 letters, digits, - or _. Without it anybody could write.",
            field="hook_secret",
        )
    return text
