"""X's Activity API by a connection that stays open: the same events that X else brings to our door, one in a line.

X opens one such stream for an app, and brings events of all its accounts there; each channel reads its own (`activity`). After
a loss X is asked for the minutes that were missed; where X does not grant that, messages are found by asking for them.
"""

import math

from bot import errors
from bot.connectors.x.api import Api
from bot.connectors.x.keeping import Heard, Kept
from bot.connectors.x.options import Options

_STREAM = "/2/activity/stream"
_MOST_MINUTES = 5


class Events(Kept):
    """One account's events."""

    def __init__(self, line: Api, options: Options) -> None:
        super().__init__("events of X")
        self._api = line
        self._address = options.base_url + _STREAM
        self._may_look_back = True

    async def connect(self, heard: Heard) -> None:
        away = self.seconds_away()
        minutes = 0 if away is None or not self._may_look_back else min(math.ceil(away / 60), _MOST_MINUTES)
        try:
            await self._read(heard, minutes)
        except errors.Refused:
            if not minutes or heard.is_open:
                raise
            # X grants the looking back to some apps only. Refused without it, too, it is for a person to mend.
            self._may_look_back = False
            await self._read(heard, 0)

    async def _read(self, heard: Heard, minutes: int) -> None:
        """Until the connection ends, which raises TryLater."""
        query = f"?backfill_minutes={minutes}" if minutes else ""
        async with self._api.endless(self._address + query, heard) as stream:
            heard.opened()
            while True:
                line = await stream.line()
                if line and line.strip():
                    await heard.brought(line)
                elif line is not None:
                    heard.kept_alive()
