"""What a load process is asked to do, and what it tells. They cross a pipe as one line of JSON each."""

import msgspec

from tests.bench.messages import Stream


class Send(msgspec.Struct, frozen=True, tag=True):
    """Post a stream of messages. `rate` 0: `senders` closed loops as fast as answers come; else so many a second, whatever comes.

    With `is_patient` a request is repeated until its answer is 2xx, over a new connection when the old one broke.
    """

    port: int
    path: str
    secret: str
    stream: Stream
    senders: int = 64
    rate: float = 0.0
    is_patient: bool = False


class Look(msgspec.Struct, frozen=True, tag=True):
    """Open `windows` live streams and note when each mark arrives. {n} in the path is the window's number."""

    port: int
    path: str
    cookie: str
    windows: int


class Read(msgspec.Struct, frozen=True, tag=True):
    """Get pages one after the other, `readers` at a time, `count` in all, in turn from `paths`.

    `every` seconds apart when not 0. Each must hold the text `expect`.
    """

    port: int
    paths: tuple[str, ...]
    cookie: str
    count: int
    readers: int = 1
    every: float = 0.0
    expect: str = ""


Plan = Send | Look | Read


class Sent(msgspec.Struct, frozen=True):
    """`sent_at` and `seconds` by message, in the stream's order: when it was due or sent, and how long its answer took.

    `tries` counts requests, `busy` those answered 503, `other` holds the statuses that were neither.
    """

    took: float
    sent_at: list[float]
    seconds: list[float]
    tries: int
    busy: int
    without_retry_after: int
    other: dict[str, int]


class Seen(msgspec.Struct, frozen=True):
    """From sending to each window: percentiles over all arrivals in all windows, and what never arrived."""

    p50: float
    p99: float
    longest: float
    expected: int
    missing: int
    doubled: int
    closed: int
    received_bytes: int


class Pages(msgspec.Struct, frozen=True):
    took: float
    seconds: list[float]
    failed: dict[str, int]
    bytes_each: float


class Arrivals(msgspec.Struct, frozen=True):
    """Told to the windows at the end: which marks were sent, and when."""

    numbers: list[int]
    sent_at: list[float]
