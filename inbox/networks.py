"""What pages ask of networks: which there are, what a channel of each must be told, and how an account does right now."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from bot.connectors import fitting
from bot.desk.channelling import NO_VARIABLE, Connection, is_variable
from bot.errors import ComptoirError, Invalid, NotFound
from bot.model.event import Actor
from bot.runners.retaking import retake
from bot.store.channels import ChannelRow
from bot.store.quarantines import QuarantineRow
from bot.wire import NOT_CALLABLE, ChannelHealth, Health, Manifest, is_callable
from inbox.forms import Form
from inbox.keys import ENGINE


def known(request: web.Request) -> Mapping[str, Manifest]:
    return request.app[ENGINE].doors.networks()


def manifest(request: web.Request, network: str) -> Manifest:
    """Raises NotFound."""
    found = known(request).get(network)
    if found is None:
        raise NotFound("There is no such network.")
    return found


def fields(of: Manifest) -> list[str]:
    """The form's fields that only this network has."""
    return [f"{'secret' if setting.is_secret else 'option'}_{setting.name}" for setting in of.settings]


def required(of: Manifest) -> tuple[str, ...]:
    """The settings without which a channel of this network cannot be opened."""
    return tuple(setting.name for setting in of.settings if setting.is_required and not setting.default)


def wanted(form: Form, of: Manifest) -> Connection:
    """The channel as a form describes it."""
    plain = [setting.name for setting in of.settings if not setting.is_secret]
    secret = [setting.name for setting in of.settings if setting.is_secret]
    return Connection(
        name=form.text("name", longest=60),
        title=form.text("title", longest=120),
        network=of.network,
        base_url=form.text("base_url", longest=300),
        branch=form.text("branch", longest=60),
        team_id=form.number("team_id"),
        language=form.text("language", longest=5),
        options={name: form.text(f"option_{name}", longest=2_000) for name in plain},
        secrets={name: form.text(f"secret_{name}", longest=200) for name in secret},
    )


def faults(request: web.Request, channel: Connection, of: Manifest) -> list[Invalid]:
    """All that is wrong with it as far as its network's manifest tells, each with its field. The network is not asked."""
    is_local_allowed = request.app[ENGINE].settings.is_private_network_allowed
    found = list(fitting.faults(channel, of))
    if channel.base_url and not is_callable(channel.base_url, is_local_allowed=is_local_allowed):
        found.append(Invalid(NOT_CALLABLE, field="base_url"))
    for setting in of.settings:
        address = channel.options.get(setting.name, "")
        if setting.is_address and address and not is_callable(address, is_local_allowed=is_local_allowed):
            found.append(Invalid(NOT_CALLABLE, field=setting.name))
    found += [
        Invalid(NO_VARIABLE, field=name)
        for name, variable in channel.secrets.items()
        if variable and not is_variable(variable)
    ]
    return found


def without_secrets(channel: Connection) -> Connection:
    """As it may be shown again: what was typed in a variable's place, and is no variable's name, may be a secret."""
    return replace(channel, secrets={name: text for name, text in channel.secrets.items() if is_variable(text)})


def is_out_of_reach(request: web.Request, channel: Connection, of: Manifest) -> bool:
    """Whether the network must call this desk, and cannot: its public address is not set, or not one over https."""
    return fitting.is_called(channel, of) and not request.app[ENGINE].settings.public_url.startswith("https://")


async def probed(request: web.Request, channel: ChannelRow) -> ChannelHealth:
    """Ask the network now whether the account works."""
    door = request.app[ENGINE].doors.by_id(channel.id)
    if door is None:
        return ChannelHealth(Health.UNCONFIGURED, channel.health_reason)
    try:
        return await door.connector.probe()
    except ComptoirError as error:
        return ChannelHealth(Health.INTERRUPTED, error.message)


async def retaken(request: web.Request, row: QuarantineRow, *, by: Actor) -> None:
    """Take in after all what was set aside. Raises Invalid with what is still wrong, Conflict when nobody can read it now."""
    engine = request.app[ENGINE]
    door = engine.doors.by_id(row.channel_id)
    await retake(engine.database, row, door.connector if door else None, engine.intake.rules, by=by)
