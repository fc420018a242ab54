"""Posts signed messages: closed loops that wait for each answer, or an open loop that keeps its rate whatever happens."""

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Callable

from tests.bench.load.http import Caller, connect
from tests.bench.load.plans import Send, Sent
from tests.bench.messages import signed

_PAUSE = 0.05
_RETRY_AFTER = re.compile(rb"\r\nretry-after: *(\d+)")
_PATIENCE = 120.0


class Senders:
    """A set of connections sharing one list of requests."""

    def __init__(self, plan: Send) -> None:
        self._plan = plan
        self._requests = signed(plan.path, plan.secret, plan.stream.bodies())
        self._next = 0
        self._sent_at = [0.0] * len(self._requests)
        self._seconds = [0.0] * len(self._requests)
        self._doing: dict[Caller, int] = {}
        self._idle: deque[Caller] = deque()
        self._unfinished = len(self._requests)
        self._all_done = asyncio.Event()
        self._tries = self._busy = self._without_retry_after = 0
        self._other: Counter[str] = Counter()

    async def open(self) -> None:
        await asyncio.gather(*(self._connect() for _ in range(self._plan.senders)))

    async def run(self) -> Sent:
        """Send everything; return when everything is answered."""
        started = time.monotonic()
        if self._plan.rate:
            await self._at_rate(started)
        else:
            for _ in range(len(self._idle)):
                self._take_next(self._idle.popleft())
        await asyncio.wait_for(self._all_done.wait(), _PATIENCE)
        took = time.monotonic() - started
        for caller in [*self._doing, *self._idle]:
            caller.close()
        return Sent(
            took, self._sent_at, self._seconds, self._tries, self._busy, self._without_retry_after, dict(self._other)
        )

    async def _at_rate(self, started: float) -> None:
        """Each message has its moment. When all connections wait for answers it is late, and its lateness counts."""
        for number in range(len(self._requests)):
            due = started + number / self._plan.rate
            delay = due - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)  # the pace is what is asked for here
            self._sent_at[number] = due
            if self._idle:
                self._take_next(self._idle.popleft())

    def _take_next(self, caller: Caller) -> None:
        """Give a free connection the next message that is due."""
        number = self._next
        if number >= len(self._requests) or (self._plan.rate and not self._sent_at[number]):
            self._idle.append(caller)
            return
        self._next += 1
        if not self._plan.rate:
            self._sent_at[number] = time.monotonic()
        self._ask(caller, number)

    def _ask(self, caller: Caller, number: int) -> None:
        self._doing[caller] = number
        self._tries += 1
        caller.ask(self._requests[number])

    def _answered(self, caller: Caller, status: int, head: bytes, _body: bytes) -> None:
        number = self._doing.pop(caller)
        if status // 100 != 2:
            pause = self._note_refusal(status, head)
            if self._plan.is_patient:
                self._later(pause, lambda: self._ask(caller, number) if caller.is_open else self._reconnect(number))
                return
        self._seconds[number] = time.monotonic() - self._sent_at[number]
        self._finish_one()
        self._take_next(caller)

    def _note_refusal(self, status: int, head: bytes) -> float:
        """Count it; how long to wait before trying again, as the answer asks."""
        retry_after = _RETRY_AFTER.search(head)
        if status == 503:
            self._busy += 1
            self._without_retry_after += retry_after is None
        else:
            self._other[str(status)] += 1
        return float(retry_after[1]) if retry_after else _PAUSE

    def _broken(self, caller: Caller) -> None:
        """A lost connection: its message, if it had one, is sent again over a new one, as any sender of webhooks does."""
        if self._all_done.is_set():
            return
        number = self._doing.pop(caller, None)
        if caller in self._idle:
            self._idle.remove(caller)
        self._other["broken"] += 1
        if self._plan.is_patient:
            self._reconnect(number)
        elif number is not None:
            self._finish_one()

    def _reconnect(self, number: int | None) -> None:
        task = asyncio.ensure_future(self._connect(number))
        task.add_done_callback(lambda done: self._try_again(done, number))

    def _try_again(self, done: "asyncio.Future[None]", number: int | None) -> None:
        if done.exception() is not None and not self._all_done.is_set():
            self._later(_PAUSE, lambda: self._reconnect(number))

    async def _connect(self, number: int | None = None) -> None:
        caller = Caller(self._answered, self._broken)
        await connect(self._plan.port, caller)
        if number is not None:
            self._ask(caller, number)
        elif self._tries:
            self._take_next(caller)
        else:
            self._idle.append(caller)

    def _finish_one(self) -> None:
        self._unfinished -= 1
        if not self._unfinished:
            self._all_done.set()

    @staticmethod
    def _later(pause: float, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(pause, act)
