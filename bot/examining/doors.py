"""The channels, one by one: is there such a network, is it told all it needs, and does it know the account?"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace

from bot import clock, errors, wire
from bot import settings as configuration
from bot.connectors import fitting, registry
from bot.connectors.base import Account
from bot.connectors.client import FORBIDDEN
from bot.examining.findings import Finding, Grade, fine, warning, wrong
from bot.runners.accounts import Accounts
from bot.settings import ChannelSettings, Settings
from bot.store.channels import ChannelRow
from bot.wire import Health, Manifest

PATIENCE = 20.0
_CHECK = "See its settings under Channels in the window, or its [[channel]] table."
_PRIVATE = "If it is one of your own, set COMPTOIR_IS_PRIVATE_NETWORK_ALLOWED=true (is_private_network_allowed in comptoir.toml)."
_RESUME = "Resume it under Channels in the window when it may go on."
_ADDRESS = "Set public_url (COMPTOIR_PUBLIC_URL) to the https:// address at which networks reach it."
_AS_SHOWN = "Set it under Channels in the window, or as base_url of its [[channel]] table"
_LATER = "See whether this machine reaches the network; the desk tries again by itself."
_RENEW = "Make a new token on the network, and put it into the environment variable that its secrets name."


def wanted(settings: Settings, rows: Sequence[ChannelRow]) -> list[ChannelRow | ChannelSettings]:
    """The channels as the desk would have them: those of the file, which win, and those that stand in the database only."""
    named = {channel.name for channel in settings.channel}
    return [*settings.channel, *(row for row in rows if row.name not in named)]


async def examine(settings: Settings, accounts: Accounts, rows: Sequence[ChannelRow] | None) -> AsyncIterator[Finding]:
    """Ask the networks, each for a few seconds at most. `rows` is None when the database could not tell its channels."""
    paused = {row.name for row in rows or () if row.is_paused}
    channels = wanted(settings, rows or ())
    networks = registry.networks()
    if not channels and rows is not None:
        yield warning(
            "Channels",
            "There are none: nothing is heard.",
            "Add one under Channels in the window, or as [[channel]] in comptoir.toml.",
        )
    for channel in channels:
        if isinstance(channel, ChannelRow) and channel.is_paused and not channel.secrets:
            # Made by an import, for its archive alone: it has no account, and lacks none.
            yield fine(f"Channel {channel.name}", "It holds an archive; nothing is heard or sent.")
            continue
        async for finding in _examined(f"Channel {channel.name}", channel, accounts, networks):
            yield finding
        if channel.name in paused:
            yield warning(f"Channel {channel.name}", "It is paused: nothing is heard or sent.", _RESUME)
        manifest = networks.get(channel.network)
        if manifest and fitting.is_called(channel, manifest) and not settings.public_url.startswith("https://"):
            yield warning(
                f"Channel {channel.name}", f"Its network must reach this desk, {_why_not(settings)}.", _ADDRESS
            )


async def _examined(
    about: str, channel: ChannelRow | ChannelSettings, accounts: Accounts, networks: Mapping[str, Manifest]
) -> AsyncIterator[Finding]:
    """What is wrong with it; only when nothing is, its network is asked."""
    faults = list(_faults(about, channel, networks))
    for fault in faults:
        yield fault
    if all(fault.grade is not Grade.WRONG for fault in faults):
        yield await _asked(about, accounts, channel, networks[channel.network])


def _why_not(settings: Settings) -> str:
    return "whose address does not begin with https://" if settings.public_url else "whose address is not set"


def _faults(about: str, channel: ChannelRow | ChannelSettings, networks: Mapping[str, Manifest]) -> Iterator[Finding]:
    """What can be told without asking the network."""
    manifest = networks.get(channel.network)
    if manifest is None:
        yield wrong(about, f"There is no network {channel.network!r}.", f"Choose one of {', '.join(sorted(networks))}.")
        return
    for fault in fitting.faults(channel, manifest):
        yield _unfit(about, fault, manifest)
    known = {(setting.is_secret, setting.name) for setting in manifest.settings}
    for is_secret, name in [(False, name) for name in channel.options] + [(True, name) for name in channel.secrets]:
        if (is_secret, name) not in known:
            names = ", ".join(sorted(word for kind, word in known if kind is is_secret)) or "none"
            kind = "secret" if is_secret else "option"
            yield warning(about, f"{manifest.title} knows no {kind} {name}; it is passed over.", f"It knows: {names}.")
    for name, variable in channel.secrets.items():
        if configuration.secret(variable) is None:
            remedy = f"Set {variable} where the desk is started, to the channel's {name}."
            yield wrong(about, f"The environment variable {variable} is not set.", remedy)


def _unfit(about: str, fault: errors.Invalid, manifest: Manifest) -> Finding:
    """One thing that was told wrong or not at all, by the name that people read for it."""
    if fault.field == "base_url":
        told = f"{_AS_SHOWN}: {manifest.address.help['en']}"
        return wrong(about, f"{manifest.address.title['en']} (base_url) is not set.", told)
    setting = next(each for each in manifest.settings if each.name == fault.field)
    place = "secrets" if setting.is_secret else "options"
    sentence = f"{setting.name} is not set." if fault.message == fitting.EMPTY else fault.message
    return wrong(about, sentence, f"Set it under {place}: {setting.help['en'].rstrip('.')}.")


async def _asked(about: str, accounts: Accounts, channel: ChannelRow | ChannelSettings, manifest: Manifest) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE):
            return _said(about, manifest, await _probe(_account(accounts, channel)))
    except TimeoutError:
        return warning(about, f"{manifest.title} did not answer within {PATIENCE:.0f} seconds.", _LATER)
    except errors.Reauthorize as error:
        return wrong(about, f"Bad credentials: {error.message}", _RENEW)
    except errors.TryLater as error:
        return warning(about, f"{manifest.title} cannot be reached now: {error.message}", _LATER)
    except errors.ComptoirError as error:
        return wrong(about, error.message, _remedy(error.message, _CHECK))
    except Exception as error:  # noqa: BLE001  a defect of one connector must not hide what is wrong with the next
        return wrong(about, f"Its connector failed in a way it should not ({type(error).__name__}).", "Report this.")


def _account(accounts: Accounts, channel: ChannelRow | ChannelSettings) -> Account:
    """The account to ask. A demo's network stands on this machine, and the demo itself may reach it."""
    account = accounts.of(channel)
    is_demo = isinstance(channel, ChannelRow) and channel.is_demo
    return replace(account, is_private_network_allowed=True) if is_demo else account


async def _probe(account: Account) -> wire.ChannelHealth:
    connector = registry.connect(account, clock.now)
    try:
        await connector.open()
        return await connector.probe()
    finally:
        await connector.close()


def _remedy(reason: str, usual: str) -> str:
    return _PRIVATE if reason == FORBIDDEN else usual


def _said(about: str, manifest: Manifest, health: wire.ChannelHealth) -> Finding:
    match health.state:
        case Health.CONNECTED:
            return fine(about, f"Connected ({manifest.title}).")
        case Health.BAD_CREDENTIALS:
            return wrong(about, f"Bad credentials: {health.reason}", _RENEW)
        case Health.UNCONFIGURED:
            return wrong(about, health.reason, _CHECK)
        case _:
            return warning(
                about, f"{manifest.title} does not answer as it should: {health.reason}", _remedy(health.reason, _LATER)
            )
