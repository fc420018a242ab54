"""What a channel of Meta's was told, checked once: from here on the values are typed and the secrets are not shown."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from bot import errors, wire
from bot.connectors.base import Account

# These become part of an address or of a header: nothing but their own letters may stand in them.
_NUMBER = re.compile(r"[0-9]{1,30}")
_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]")
_WORD = re.compile(r"[!-~]{1,2000}")
_SECRETS = ("token", "app_secret", "verify_token")
_LONGEST_LOOK = 86_400.0


@dataclass(frozen=True, slots=True)
class Options:
    """`account_id` is who we are: the Page, the phone number, the account. `has_human_agent`: Meta granted that permission."""

    base_url: str
    version: str
    account_id: str
    app_id: str
    look_every: timedelta
    has_human_agent: bool
    is_private_network_allowed: bool
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)


def read(account: Account, graph: str, version: str, own: str) -> Options:
    """The account's options. `own` names the one that says who we are; `graph` and `version` are the usual ones.

    Raises Invalid with the setting's name.
    """
    for name in _SECRETS:
        if not _WORD.fullmatch(account.secrets.get(name, "")):
            raise errors.Invalid(f"{name} must be one word, without spaces.", field=name)
    base_url = (account.base_url or graph).rstrip("/")
    if not wire.is_callable(base_url, is_local_allowed=account.is_private_network_allowed):
        raise errors.Invalid(wire.NOT_CALLABLE, field="base_url")
    return Options(
        base_url=base_url,
        version=_told(account, "version", _VERSION, version),
        account_id=_told(account, own, _NUMBER),
        app_id=_told(account, "app_id", _NUMBER),
        look_every=_seconds(account.options.get("look_every", "") or "300"),
        has_human_agent=is_yes(account, "human_agent", usual="no"),
        is_private_network_allowed=account.is_private_network_allowed,
        token=account.secrets["token"],
        app_secret=account.secrets["app_secret"],
        verify_token=account.secrets["verify_token"],
    )


def number(account: Account, name: str) -> str:
    """A further number that the account was told. Raises Invalid with the setting's name."""
    return _told(account, name, _NUMBER)


def is_yes(account: Account, name: str, *, usual: str) -> bool:
    """Whether the account was told `yes`. Raises Invalid for what is neither `yes` nor `no`, with the setting's name."""
    text = account.options.get(name, "").strip() or usual
    if text not in {"yes", "no"}:
        raise errors.Invalid(f"`{name}` is {text!r}; it may be `yes`, `no`.", field=name)
    return text == "yes"


def _told(account: Account, name: str, shape: re.Pattern[str], usual: str = "") -> str:
    text = account.options.get(name, "") or usual
    if not shape.fullmatch(text):
        raise errors.Invalid(f"{name} is {text!r}; it must look like {usual or '106540352242922'}.", field=name)
    return text


def _seconds(text: str) -> timedelta:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_LOOK:
        raise errors.Invalid("look_every is a number of seconds, a day at most.", field="look_every")
    return timedelta(seconds=seconds)
