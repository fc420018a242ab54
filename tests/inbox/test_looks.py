"""What people see of a network comes from its manifest."""

import ast
import re
from pathlib import Path

import inbox
from bot.connectors import registry
from bot.store import channels
from inbox.looks import Looks
from tests.inbox.conftest import House

HOME = Path(inbox.__file__).parent
NETWORKS = registry.networks()
NAMES = {*NETWORKS, *(name for manifest in NETWORKS.values() for name in manifest.plays)}
# One letter is also a key of the keyboard.
WORDS = "|".join(sorted(name for name in NAMES if len(name) > 1))


def test_no_page_knows_a_network_by_name() -> None:
    """Code, templates, styles and scripts of the window name no network, so that a new one touches none of them."""
    constants = [
        f"{path.relative_to(HOME)}:{node.lineno}"
        for path in HOME.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in NAMES and len(str(node.value)) > 1
    ]
    named = re.compile(rf"network-(?:{WORDS}|x)\b|[\"'](?:{WORDS})[\"']")
    shown = [
        path.relative_to(HOME).as_posix()
        for kind in ("html", "css", "js")
        for path in HOME.rglob(f"*.{kind}")
        if named.search(path.read_text(encoding="utf-8"))
    ]

    assert constants + shown == []


def test_every_colour_is_drawn() -> None:
    """Whatever colour a manifest chooses has its style."""
    styles = (HOME / "static" / "css" / "zones.css").read_text(encoding="utf-8")
    looks = [look for manifest in NETWORKS.values() for look in (manifest.look, *manifest.plays.values())]

    assert {look.colour for look in looks if f".network-{look.colour} " not in styles} == {"grey"}


def test_a_stand_in_looks_like_what_its_channel_is_named_after() -> None:
    """The demo's channels wear the marks of the networks they play; others wear their own; an unknown one has none."""
    looks = Looks(NETWORKS)

    assert looks.of("telegram", "facebook-lille").mark == looks.of("fake", "telegram-nord").mark == "Tg"
    assert (looks.of("fake", "facebook-lille").mark, looks.of("signed", "mastodon").colour) == ("f", "violet")
    assert (looks.of("signed", "shop").title["fr"], looks.of("signed", "shop").mark) == ("Porte HTTP signée", "")
    assert looks.of("pigeon", "loft").title == {"fr": "Pigeon", "en": "Pigeon"}


async def test_the_list_is_filtered_by_networks_under_their_names(house: House) -> None:
    """An agent chooses among the networks in their own language, not among the names of folders."""
    agent = await house.signed_in()
    for network in ("signed", "fake"):
        await house.engine.database.write(
            lambda tx, network=network: channels.save(tx, name=network, title=network, network=network)
        )

    page = await (await agent.get("/views/all")).text()

    assert all(f">{NETWORKS[network].look.title['fr']}<" in page for network in ("signed", "fake"))
