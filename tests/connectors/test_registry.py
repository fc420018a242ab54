"""Manifests are read or refused with a sentence, and a connector is loaded only when a channel asks for it."""

import pathlib
import subprocess
import sys

import pytest

from bot import clock, errors
from bot.connectors import manifests, registry
from bot.connectors.base import Account

GOOD = """
network = "board"
title = "Board"
hears = ["poll"]
has_public = true
has_private = false
limit = 500
rate = 1
rate_per_conversation = 0.5
is_idempotent = false

[[settings]]
name = "place"
is_required = false
[settings.help]
en = "Where"
fr = "Où"

[quality]
contract = "done"
"""


def test_what_ships() -> None:
    """The networks that ship are there, each under its own name."""
    networks = registry.networks()

    assert {"fake", "signed", "telegram"} <= set(networks)
    assert all(name == manifest.network for name, manifest in networks.items())


def test_read() -> None:
    """A manifest becomes what the connector, the settings page and the outbox read."""
    manifest = manifests.read(GOOD, "board")

    assert (manifest.title, manifest.hears, manifest.rate_per_conversation) == ("Board", ("poll",), 0.5)
    assert manifest.settings[0].help == {"en": "Where", "fr": "Où"}
    assert not manifest.settings[0].is_required
    assert manifest.quality == {"contract": "done"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("network", "network = = ", "is not TOML"),
        ('network = "board"', "", "missing required field `network`"),
        ('network = "board"', 'network = "Board!"', "regex"),
        ('network = "board"', 'network = "other"', "share one name"),
        ('hears = ["poll"]', 'hears = ["pigeon"]', "hears by 'pigeon'"),
        ('hears = ["poll"]', "hears = []", "hears"),
        ("has_public = true", 'has_public = "yes"', "$.has_public"),
        ("has_public = true", "has_public = false", "neither public nor private"),
        ("limit = 500", "limit = 0", "$.limit"),
        ("rate = 1", "rate = -1", "$.rate"),
        ('fr = "Où"', "", "missing required field `fr`"),
        ('title = "Board"', 'title = "Board"\nshape = "round"', "unknown field `shape`"),
        ('title = "Board"', 'title = "Board"\ncolour = "mauve"', "$.colour"),
        ('title = "Board"', 'title = "Board"\nmark = "Brd"', "$.mark"),
        ("[quality]", '[[settings]]\nname = "place"\nhelp = {fr = "Où", en = "Where"}\n[quality]', "twice"),
        ("is_required = false", 'default = "a"\nchoices = [{value = "b", title = "B"}]', "would refuse its own value"),
        ("is_required = false", 'shape = "[0-9]+"', "a shape or an example, and not both"),
        ("is_required = false", 'shape = "["\nexample = "1"', "no shape that can be read"),
        ("is_required = false", 'needed_with = {mode = ["push"]}', "knows no mode = push"),
        ("[[settings]]", '[address]\ntitle = "Home"\n[[settings]]', "missing required field `help`"),
    ],
)
def test_broken(before: str, after: str, said: str) -> None:
    """A broken manifest is refused with a sentence that names the folder and what is wrong."""
    with pytest.raises(errors.Invalid) as raised:
        manifests.read(GOOD.replace(before, after, 1), "board")

    assert "board" in raised.value.message
    assert said in raised.value.message


@pytest.mark.parametrize("network", ["pigeon", "", "..", "base", "registry", "fake/../signed", "os"])
def test_unknown(network: str) -> None:
    """A network that is not there is refused by naming those that are, and nothing is imported under its name."""
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(Account("x", network, "", {}), clock.now)

    assert f"there are {', '.join(registry.networks())}" in raised.value.message


def test_missing_secret() -> None:
    """A channel that lacks what its network needs is told what, and what for."""
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(Account("shop", "signed", "", {}), clock.now)

    assert raised.value.field == "secret"
    assert "Channel shop lacks the secret secret: The shared secret" in raised.value.message


def test_nothing_is_loaded_before(tmp_path: pathlib.Path) -> None:
    """Reading every manifest, and connecting one network, imports no other network."""
    program = (
        "import sys\n"
        "from bot import clock\n"
        "from bot.connectors import registry\n"
        "from bot.connectors.base import Account\n"
        "registry.networks()\n"
        "registry.connect(Account('a', 'fake', 'http://localhost:1', {}), clock.now)\n"
        "print(sorted(name for name in sys.modules if name.startswith('bot.connectors.') and name.count('.') == 2))\n"
        "print('telegram' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded, has_telegram = ran.stdout.splitlines()

    assert "'bot.connectors.fake'" in loaded
    assert "bot.connectors.signed" not in loaded
    assert "bot.connectors.telegram" not in loaded
    assert has_telegram == "False"


def test_missing_library(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network whose library is not installed says in a sentence which one to install."""
    folder = tmp_path / "library_home" / "board"
    folder.mkdir(parents=True)
    (tmp_path / "library_home" / "__init__.py").write_text("")
    (folder / "manifest.toml").write_text(GOOD)
    (folder / "__init__.py").write_text("import carrier_pigeon.wings\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(Account("x", "board", "", {}), clock.now, "library_home")

    assert (
        raised.value.message
        == "Board needs the library carrier_pigeon, which is not installed. Install it, and start again."
    )
