"""What an X channel was told, checked once: from here on the values are typed and the secrets are not shown."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from bot import errors, wire
from bot.connectors.base import Account

X = "https://api.x.com"


class Mode(StrEnum):
    POLL = "poll"
    STREAM = "stream"
    ACTIVITY = "activity"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Options:
    base_url: str
    mode: Mode
    client_id: str
    hook_url: str
    stream_rule: str
    poll_every: timedelta
    dm_poll_every: timedelta
    monthly_cap: Decimal
    longest_post: int
    is_enterprise: bool
    is_private_network_allowed: bool
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    bearer_token: str = field(repr=False)
    consumer_secret: str = field(repr=False)


def read(account: Account) -> Options:
    """The account's options. Raises Invalid with the setting's name, and with its value unless that is a secret."""
    mode = _mode(account)
    return Options(
        base_url=_address(account),
        mode=mode,
        client_id=account.options.get("client_id", ""),
        hook_url=account.hook_url,
        stream_rule=account.options.get("stream_rule", "").strip(),
        poll_every=_seconds(account, "poll_seconds", "15"),
        dm_poll_every=_seconds(account, "dm_poll_seconds", "61"),
        monthly_cap=_number(account, "monthly_cap", "100"),
        longest_post=int(_number(account, "longest_post", "280")),
        is_enterprise=_is_enterprise(account),
        is_private_network_allowed=account.is_private_network_allowed,
        client_secret=_secret(account, "client_secret"),
        refresh_token=_secret(account, "refresh_token", needed=True),
        bearer_token=_secret(account, "bearer_token", needed=mode is not Mode.POLL),
        consumer_secret=_secret(account, "consumer_secret", needed=mode is Mode.WEBHOOK),
    )


def _address(account: Account) -> str:
    """Where X is. The keys go there, so it must be reached over https, or be on this machine."""
    address = (account.base_url or X).rstrip("/")
    if not wire.is_callable(address, is_local_allowed=account.is_private_network_allowed):
        raise errors.Invalid(wire.NOT_CALLABLE, field="base_url")
    return address


def _mode(account: Account) -> Mode:
    text = account.options.get("mode", "").strip()
    try:
        return Mode(text or Mode.POLL)
    except ValueError as error:
        raise errors.Invalid(
            f"`mode` is {text!r}; it may be `poll`, `stream`, `activity` or `webhook`.", field="mode"
        ) from error


def _is_enterprise(account: Account) -> bool:
    text = account.options.get("plan", "").strip() or "self-serve"
    if text not in {"self-serve", "enterprise"}:
        raise errors.Invalid(f"`plan` is {text!r}; it may be `self-serve` or `enterprise`.", field="plan")
    return text == "enterprise"


def _seconds(account: Account, name: str, default: str) -> timedelta:
    return timedelta(seconds=float(_number(account, name, default)))


def _number(account: Account, name: str, default: str) -> Decimal:
    text = account.options.get(name, "").strip() or default
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise errors.Invalid(f"`{name}` is {text!r}; it must be a number.", field=name) from error
    if not number.is_finite() or not 0 <= number <= 1_000_000:
        raise errors.Invalid(f"`{name}` is {text!r}; it must lie between 0 and 1000000.", field=name)
    return number


def _secret(account: Account, name: str, *, needed: bool = False) -> str:
    text = account.secrets.get(name, "").strip()
    if needed and not text:
        raise errors.Invalid(f"`{name}` is missing, and this way of hearing X needs it.", field=name)
    if not (text.isascii() and text.isprintable() and " " not in text):
        # It stands in headers: a line end in it would begin another.
        raise errors.Invalid(f"`{name}` holds what no key of X's holds.", field=name)
    return text
