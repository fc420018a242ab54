"""How networks look: a name, and a letter or two on a colour, as their manifests say. No page knows a network by name."""

from collections.abc import Mapping

from bot.wire import Look, Manifest


class Looks:
    """The look of a ticket's network. Asked for every row, so what was told once is remembered."""

    def __init__(self, networks: Mapping[str, Manifest]) -> None:
        played = {name: look for manifest in networks.values() for name, look in manifest.plays.items()}
        self._known = played | {name: manifest.look for name, manifest in networks.items()}
        self._stand_ins = {name for name, manifest in networks.items() if manifest.is_stand_in}

    def of(self, network: str, channel_name: str) -> Look:
        """A stand-in's channel looks like the network that its name begins with; an unknown network has a drawing for letters."""
        meant = channel_name.partition("-")[0] if network in self._stand_ins else network
        for name in (meant, network):
            if name in self._known:
                return self._known[name]
        return Look({"fr": network.capitalize(), "en": network.capitalize()})
