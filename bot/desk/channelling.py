"""Channels: connected, changed, paused and resumed. What a network asks for stands in its manifest, which the caller brings."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.errors import Invalid
from bot.model.event import Actor
from bot.settings import SECRET_PREFIX
from bot.store import channels, events, teams
from bot.store.channels import ChannelRow
from bot.store.transaction import Transaction

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
NO_VARIABLE = f"Give the name of an environment variable that begins with {SECRET_PREFIX}."
_VARIABLE = re.compile(rf"{SECRET_PREFIX}[A-Z0-9_]{{1,80}}")


@dataclass(frozen=True, slots=True)
class Connection:
    """A channel as somebody wants it. `secrets` are names of environment variables; a secret itself is refused."""

    name: str
    title: str
    network: str
    base_url: str = ""
    branch: str = ""
    team_id: int | None = None
    language: str = "fr"
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])


def connect(tx: Transaction, wanted: Connection, *, required: Collection[str], by: Actor) -> int:
    """A new channel's number. `required` names the settings without which its network cannot be spoken to."""
    if not _NAME.fullmatch(wanted.name):
        raise Invalid("A name has small letters, digits and hyphens only.", field="name")
    if channels.by_name(tx, wanted.name):
        raise Invalid("There is a channel of this name already.", field="name")
    _check(tx, wanted, required)
    id_ = channels.add(tx, **_values(wanted))
    events.record(tx, "channel.added", by=by, channel_id=id_, body={"name": wanted.name, "network": wanted.network})
    return id_


def change(tx: Transaction, channel_id: int, wanted: Connection, *, required: Collection[str], by: Actor) -> None:
    """Change a channel. Its name and network stay: addresses and conversations hang on them."""
    before = channels.find(tx, channel_id)
    _check(tx, wanted, required)
    values = {key: value for key, value in _values(wanted).items() if key not in {"name", "network"}}
    changed = _changes(before, values)
    if changed:
        channels.change(tx, channel_id, **values)
        events.record(tx, "channel.changed", by=by, channel_id=channel_id, body={"changed": changed})


def pause(tx: Transaction, channel_id: int, *, by: Actor) -> None:
    """Neither hear nor send; what waits to be sent keeps waiting."""
    if not channels.find(tx, channel_id).is_paused:
        channels.change(tx, channel_id, is_paused=True)
        events.record(tx, "channel.paused", by=by, channel_id=channel_id)


def resume(tx: Transaction, channel_id: int, *, by: Actor) -> None:
    """Hear and send again, from where it stopped."""
    if channels.find(tx, channel_id).is_paused:
        channels.change(tx, channel_id, is_paused=False)
        events.record(tx, "channel.resumed", by=by, channel_id=channel_id)


def let_bot_answer(tx: Transaction, channel_id: int, *, by: Actor) -> None:
    """The bot may answer on this channel: what comes in waits for it a moment."""
    if not channels.find(tx, channel_id).has_bot:
        channels.change(tx, channel_id, has_bot=True)
        events.record(tx, "channel.bot_let_in", by=by, channel_id=channel_id)


def silence_bot(tx: Transaction, channel_id: int, *, by: Actor) -> None:
    """The bot says nothing more on this channel; it still understands, and offers replies to people."""
    if channels.find(tx, channel_id).has_bot:
        channels.change(tx, channel_id, has_bot=False)
        events.record(tx, "channel.bot_silenced", by=by, channel_id=channel_id)


def is_variable(text: str) -> bool:
    """Whether it can be the name of a secret's variable. What cannot may be the secret itself: it is kept and shown nowhere."""
    return bool(_VARIABLE.fullmatch(text))


def _check(tx: Transaction, wanted: Connection, required: Collection[str]) -> None:
    if not wanted.title.strip():
        raise Invalid("This may not be empty.", field="title")
    if wanted.language not in {"fr", "en"}:
        raise Invalid("This is not one of the choices.", field="language")
    if wanted.team_id is not None and wanted.team_id not in {team.id for team in teams.all(tx)}:
        raise Invalid("There is no such team.", field="team_id")
    if wanted.base_url:
        _check_address(wanted.base_url)
    for name, variable in wanted.secrets.items():
        if variable and not is_variable(variable):
            raise Invalid(NO_VARIABLE, field=name)
    for name in required:
        if not (wanted.options.get(name) or wanted.secrets.get(name)):
            raise Invalid("This may not be empty.", field=name)


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username and not parts.query
    except ValueError:
        is_good = False
    if not is_good:
        raise Invalid("This is not an address such as https://api.example.org.", field="base_url")


def _values(wanted: Connection) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "title": wanted.title.strip(),
        "network": wanted.network,
        "base_url": wanted.base_url.rstrip("/"),
        "branch": wanted.branch.strip(),
        "team_id": wanted.team_id,
        "language": wanted.language,
        "options": {name: value for name, value in wanted.options.items() if value},
        "secrets": {name: variable for name, variable in wanted.secrets.items() if variable},
    }


def _changes(before: ChannelRow, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field → what it was and what it is. Nothing here is a secret: secrets are named, not kept."""
    return {name: [getattr(before, name), value] for name, value in values.items() if getattr(before, name) != value}
