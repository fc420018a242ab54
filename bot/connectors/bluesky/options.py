"""What a Bluesky channel was told, checked once: from here on the values are typed and the secret is not shown."""

import re
from dataclasses import dataclass, field

from bot import errors, wire
from bot.connectors.base import Account

BLUESKY = "https://bsky.social"
_HANDLE = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+")
_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]+")


@dataclass(frozen=True, slots=True)
class Options:
    base_url: str
    identifier: str
    is_chat_on: bool
    is_private_network_allowed: bool
    password: str = field(repr=False)


def read(account: Account) -> Options:
    """The account's options. Raises Invalid with the setting's name, and with its value unless that is a secret."""
    return Options(
        base_url=_address(account),
        identifier=_identifier(account.options.get("identifier", "")),
        is_chat_on=_is_on(account.options.get("chat", "")),
        is_private_network_allowed=account.is_private_network_allowed,
        password=_password(account.secrets.get("password", "")),
    )


def _address(account: Account) -> str:
    """Where we sign in. The password goes there, so it must be reached over https, or be on this machine."""
    address = (account.base_url or BLUESKY).rstrip("/")
    if not wire.is_callable(address, is_local_allowed=account.is_private_network_allowed):
        raise errors.Invalid(f"base_url: {wire.NOT_CALLABLE}", field="base_url")
    return address


def _identifier(text: str) -> str:
    plain = text.strip().removeprefix("@")
    if not (_HANDLE.fullmatch(plain) or _DID.fullmatch(plain)):
        raise errors.Invalid(
            f"`identifier` is {text!r}; it is a handle such as bank.example, or a DID.", field="identifier"
        )
    return plain


def _is_on(text: str) -> bool:
    if text.strip() not in {"", "on", "off"}:
        raise errors.Invalid(f"`chat` is {text!r}; it may be `on` or `off`.", field="chat")
    return text.strip() != "off"


def _password(text: str) -> str:
    if not text.strip():
        raise errors.Invalid("`password` is missing: an app password of the account.", field="password")
    return text
