"""Channels, for admins: the connected accounts. Each network's own settings come from its manifest; secrets are never typed."""

from typing import Any

from aiohttp import web

from bot.desk import channelling
from bot.desk.channelling import Connection
from bot.errors import Conflict, Invalid
from bot.settings import SECRET_PREFIX
from bot.store import channels, vitals
from bot.store.channels import ChannelRow
from bot.wire import ChannelHealth, Health, Manifest
from inbox import acting, networks, sheets
from inbox.keys import ENGINE
from inbox.sheets import Faults

COMMON = ("name", "title", "network", "base_url", "branch", "team_id", "language")
DEAF = frozenset({Health.INTERRUPTED, Health.BAD_CREDENTIALS, Health.UNCONFIGURED})


async def index(request: web.Request) -> web.Response:
    frame, (found, doing) = await sheets.look(request, lambda tx: (channels.all(tx), vitals.all(tx)))
    names = {team.id: team.name for team in frame.all_teams}
    context: dict[str, Any] = {
        "channels": found,
        "networks": networks.known(request),
        "team_names": names,
        "deaf": DEAF,
        "vitals": doing,
    }
    return sheets.page(request, "channels/index.html", frame, "channels", **context)


async def new(request: web.Request) -> web.Response:
    """First the network is chosen, then its form is filled in."""
    network = request.query.get("network", "")
    if network:
        return await _form(request, networks.manifest(request, network), Connection(name="", title="", network=network))
    frame, _ = await sheets.look(request, channels.all)
    return sheets.page(request, "channels/networks.html", frame, "channels", networks=networks.known(request))


async def create(request: web.Request) -> web.Response:
    manifest = networks.manifest(request, str((await request.post()).get("network", "")))
    wanted = networks.wanted(await acting.form(request, *COMMON, *networks.fields(manifest)), manifest)
    required = networks.required(manifest)
    if faults := networks.faults(request, wanted, manifest):
        return await _form(request, manifest, wanted, faults=sheets.faults_of(request, *faults))
    try:
        id_ = await acting.write(
            request, lambda tx: channelling.connect(tx, wanted, required=required, by=acting.by(request))
        )
    except (Invalid, Conflict) as error:
        return await _form(request, manifest, wanted, faults=sheets.faults_of(request, error))
    return sheets.back(f"/channels/{id_}", "channel_added")


async def show(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "channel")
    channel = await acting.read(request, lambda tx: channels.find(tx, id_))
    return await _form(request, networks.known(request).get(channel.network), _connection(channel), channel)


async def change(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "channel")
    channel = await acting.read(request, lambda tx: channels.find(tx, id_))
    manifest = networks.manifest(request, channel.network)
    wanted = networks.wanted(await acting.form(request, *COMMON, *networks.fields(manifest)), manifest)
    required = networks.required(manifest)
    if faults := networks.faults(request, wanted, manifest):
        return await _form(request, manifest, wanted, channel, sheets.faults_of(request, *faults))
    try:
        await acting.write(
            request, lambda tx: channelling.change(tx, id_, wanted, required=required, by=acting.by(request))
        )
    except (Invalid, Conflict) as error:
        return await _form(request, manifest, wanted, channel, sheets.faults_of(request, error))
    return sheets.back(f"/channels/{id_}", "channel_saved")


async def pause(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "channel")
    await acting.write(request, lambda tx: channelling.pause(tx, id_, by=acting.by(request)))
    return sheets.back(f"/channels/{id_}", "channel_paused")


async def resume(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "channel")
    await acting.write(request, lambda tx: channelling.resume(tx, id_, by=acting.by(request)))
    return sheets.back(f"/channels/{id_}", "channel_resumed")


async def let_bot_answer(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "channel")
    await acting.write(request, lambda tx: channelling.let_bot_answer(tx, id_, by=acting.by(request)))
    return sheets.back(f"/channels/{id_}", "channel_bot_on")


async def silence_bot(request: web.Request) -> web.Response:
    id_ = sheets.number(request, "channel")
    await acting.write(request, lambda tx: channelling.silence_bot(tx, id_, by=acting.by(request)))
    return sheets.back(f"/channels/{id_}", "channel_bot_off")


async def probe(request: web.Request) -> web.Response:
    """Ask the network now whether the account works, and show what it says."""
    id_ = sheets.number(request, "channel")
    channel = await acting.read(request, lambda tx: channels.find(tx, id_))
    found = await networks.probed(request, channel)
    return await _form(
        request, networks.known(request).get(channel.network), _connection(channel), channel, found=found
    )


async def _form(
    request: web.Request,
    manifest: Manifest | None,
    wanted: Connection,
    channel: ChannelRow | None = None,
    faults: Faults | None = None,
    found: ChannelHealth | None = None,
) -> web.Response:
    frame, doing = await sheets.look(request, vitals.all)
    settings = request.app[ENGINE].settings
    base = settings.public_url.rstrip("/") or str(request.url.origin())
    context: dict[str, Any] = {
        "manifest": manifest,
        "wanted": networks.without_secrets(wanted),
        "channel": channel,
        "found": found,
        "doing": doing.get(channel.id) if channel else None,
        "deaf": DEAF,
        "prefix": SECRET_PREFIX,
        "is_out_of_reach": manifest is not None and networks.is_out_of_reach(request, wanted, manifest),
        "hook_url": f"{base}/hooks/{channel.name}" if channel and manifest and "webhook" in manifest.hears else "",
    }
    return sheets.page(request, "channels/form.html", frame, "channels", faults=faults, **context)


def _connection(channel: ChannelRow) -> Connection:
    return Connection(
        channel.name, channel.title, channel.network, channel.base_url, channel.branch, channel.team_id, channel.language,
        channel.options, channel.secrets,
    )  # fmt: skip
