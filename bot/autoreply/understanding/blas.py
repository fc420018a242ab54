"""How many threads the numbers take. One message is faster on one: threads that wait for each other cost more than it does."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy  # noqa: ICN001, F401 - its BLAS must be there before it can be told
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # it ships no types


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def one() -> Iterator[None]:
    """Within it, linear algebra runs on one thread."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@contextmanager
def every() -> Iterator[None]:
    """Within it, linear algebra may use every core that the process has."""
    with _controller().limit(limits=cores(), user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
