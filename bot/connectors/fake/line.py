"""The line to the fake network: one account's address, its token, and the guarded client."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from bot import errors
from bot.clock import Clock
from bot.connectors.base import Account
from bot.connectors.client import Answer, Client
from bot.connectors.fake import translate


class Line:
    """Asks, and raises what the answer asks us to do."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self.name = account.options.get("account") or account.name
        self._home = f"{account.base_url.rstrip('/')}/accounts/{quote(self.name, safe='')}"
        token = account.secrets.get("token", "")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = Client(is_private_network_allowed=account.is_private_network_allowed)
        self._clock = clock

    async def open(self) -> None:
        await self._client.open()

    async def close(self) -> None:
        await self._client.close()

    async def ask(self, what: str, query: Mapping[str, str], *, patience: float | None = None) -> Answer:
        """Ask; whatever cannot be answered now is TryLater."""
        url = f"{self._home}/{what}?{urlencode(query)}"
        answer = await self._client.get(url, headers=self._headers, total_seconds=patience)
        if answer.status == 404:
            return answer
        try:
            translate.check(answer, answer.retry_after(self._clock()))
        except errors.Uncertain as lost:
            raise errors.TryLater(lost.message) from lost
        return answer

    async def tell(self, what: str, body: bytes, key: str) -> Answer:
        """Tell once, under a key. Raises Uncertain when the answer was lost."""
        headers = self._headers | {"Content-Type": "application/json", "Idempotency-Key": key}
        answer = await self._client.request("POST", f"{self._home}/{what}", headers=headers, body=body)
        translate.check(answer, answer.retry_after(self._clock()))
        return answer
