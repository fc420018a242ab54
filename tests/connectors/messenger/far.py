"""Messenger's side: a Page with its conversations, on the loopback Graph."""

from typing import Any

from tests.connectors.meta.private import PrivateFar


class Messenger(PrivateFar):
    network = "messenger"
    own = "page_id"
    us = "1010"
    kind = "page"
    scopes = ("pages_messaging", "pages_show_list")

    def play(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        return self.play_private(method, path, query, body)
