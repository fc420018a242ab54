"""Manifest → connector. The only module that names a connector, and it imports none before a channel asks for it."""

import importlib
import importlib.resources
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import cast

from bot import errors
from bot.clock import Clock
from bot.connectors import fitting, manifests
from bot.connectors.base import Account, Connect, Connector
from bot.wire import Manifest

HOME = "bot.connectors"


def networks(home: str = HOME) -> dict[str, Manifest]:
    """Every network that has a folder with a manifest, by name. Raises Invalid with the sentence of the first broken one."""
    return {folder.name: _manifest(folder) for folder in _folders(home)}


def connect(account: Account, clock: Clock, home: str = HOME) -> Connector:
    """The connector of this account, not yet open. Imports the account's network and no other.

    Raises Invalid when there is no such network, a needed setting is missing, or the network's optional library is not installed.
    """
    manifest = _find(account.network, home)
    _check(account, manifest)
    try:
        package = importlib.import_module(f"{home}.{manifest.network}")
    except ModuleNotFoundError as missing:
        raise errors.Invalid(_absence(manifest, missing)) from missing
    return cast("Connect", package.connect)(account, manifest, clock)


def _folders(home: str) -> Iterator[Traversable]:
    for folder in sorted(importlib.resources.files(home).iterdir(), key=lambda child: child.name):
        if folder.is_dir() and folder.joinpath("manifest.toml").is_file():
            yield folder


def _manifest(folder: Traversable) -> Manifest:
    return manifests.read(folder.joinpath("manifest.toml").read_text("utf-8"), folder.name)


def _find(network: str, home: str) -> Manifest:
    # By walking the folders, never by joining a given name to a path.
    folders = {folder.name: folder for folder in _folders(home)}
    if network not in folders:
        raise errors.Invalid(f"There is no network {network!r}; there are {', '.join(folders)}.", field="network")
    return _manifest(folders[network])


def _check(account: Account, manifest: Manifest) -> None:
    for setting in manifest.settings:
        given = account.secrets if setting.is_secret else account.options
        if setting.is_required and not setting.default and not given.get(setting.name):
            kind = "secret" if setting.is_secret else "setting"
            lacking = f"Channel {account.name} lacks the {kind} {setting.name}: {setting.help['en'].rstrip('.')}."
            raise errors.Invalid(lacking, field=setting.name)
    address = manifest.address
    if address.is_required and not account.base_url:
        lacking = f"Channel {account.name} lacks the setting {address.title['en']}: {address.help['en'].rstrip('.')}."
        raise errors.Invalid(lacking, field="base_url")
    for fault in fitting.faults(account, manifest):
        raise fault


def _absence(manifest: Manifest, missing: ModuleNotFoundError) -> str:
    library = (missing.name or "").partition(".")[0]
    if library == HOME.partition(".")[0]:
        return f"The folder of {manifest.title} is broken: {missing}."
    return f"{manifest.title} needs the library {library}, which is not installed. Install it, and start again."
