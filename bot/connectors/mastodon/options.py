"""What a Mastodon channel was told, checked once: from here on the values are typed and the token is not shown."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from bot import errors, wire
from bot.connectors.base import Account

Choice = TypeVar("Choice", bound=StrEnum)

# It becomes part of a header: nothing but what a token is made of may stand in it.
_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")


class Replies(StrEnum):
    """How public posts are answered."""

    SAME = "same"
    UNLISTED = "unlisted"


class Requests(StrEnum):
    """What becomes of people whom the account's filters hold back."""

    ACCEPT = "accept"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Options:
    base_url: str
    replies: Replies
    requests: Requests
    is_private_network_allowed: bool
    token: str = field(repr=False)


def read(account: Account) -> Options:
    """The account's options. Raises Invalid with the setting's name, and with its value unless that is a secret."""
    return Options(
        base_url=_base_url(account),
        replies=_one_of(Replies, account.options.get("replies", ""), "replies"),
        requests=_one_of(Requests, account.options.get("requests", ""), "requests"),
        is_private_network_allowed=account.is_private_network_allowed,
        token=_token(account.secrets.get("token", "")),
    )


def _base_url(account: Account) -> str:
    """Where the instance is. The token goes there, so it must be reached over https, or be on this machine."""
    address = account.base_url
    if not wire.is_callable(address, is_local_allowed=account.is_private_network_allowed):
        raise errors.Invalid(
            f"`base_url` is {address!r}; it must be the instance's address, such as https://mastodon.example.",
            field="base_url",
        )
    return address.rstrip("/")


def _one_of(choices: type[Choice], text: str, name: str) -> Choice:
    try:
        return choices(text.strip() or next(iter(choices)))
    except ValueError as error:
        allowed = " or ".join(f"`{choice}`" for choice in choices)
        raise errors.Invalid(f"`{name}` is {text!r}; it may be {allowed}.", field=name) from error


def _token(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise errors.Invalid("`token` is missing or is not an access token.", field="token")
    return text
