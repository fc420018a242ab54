"""Reads pages as a signed-in browser does, one connection per reader, and notes how long each whole answer took."""

import asyncio
import time
from collections import Counter

from tests.bench.load.http import Caller, connect
from tests.bench.load.plans import Pages, Read

_PATIENCE = 120.0


class Readers:
    def __init__(self, plan: Read) -> None:
        self._plan = plan
        self._requests = [
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: {plan.cookie}\r\n\r\n".encode()
            for path in plan.paths
        ]
        self._callers: list[Caller] = []
        self._asked = 0
        self._started: dict[Caller, float] = {}
        self._seconds: list[float] = []
        self._failed: Counter[str] = Counter()
        self._bytes = 0
        self._all_done = asyncio.Event()

    async def open(self) -> None:
        for _ in range(self._plan.readers):
            caller = Caller(self._answered, self._broken)
            await connect(self._plan.port, caller)
            self._callers.append(caller)

    async def run(self) -> Pages:
        started = time.monotonic()
        for caller in self._callers:
            self._ask(caller)
        await asyncio.wait_for(self._all_done.wait(), _PATIENCE)
        took = time.monotonic() - started
        for caller in self._callers:
            caller.close()
        return Pages(took, self._seconds, dict(self._failed), self._bytes / max(1, len(self._seconds)))

    def _ask(self, caller: Caller) -> None:
        if self._asked >= self._plan.count:
            return
        request = self._requests[self._asked % len(self._requests)]
        self._asked += 1
        self._started[caller] = time.monotonic()
        caller.ask(request)

    def _answered(self, caller: Caller, status: int, _head: bytes, body: bytes) -> None:
        self._seconds.append(time.monotonic() - self._started[caller])
        self._bytes += len(body)
        if status != 200:
            self._failed[str(status)] += 1
        elif self._plan.expect.encode() not in body:
            self._failed["unexpected page"] += 1
        if len(self._seconds) >= self._plan.count:
            self._all_done.set()
        elif self._plan.every:
            asyncio.get_running_loop().call_later(self._plan.every, self._ask, caller)
        else:
            self._ask(caller)

    def _broken(self, _caller: Caller) -> None:
        if not self._all_done.is_set():
            self._failed["broken"] += 1
            self._all_done.set()
