"""`comptoir bench`: the promises of speed, each beside its limit. The benchmarks come with the source, not with the package."""

import importlib
import importlib.util

from bot import errors
from inbox.commands import common


def main(arguments: list[str]) -> int:
    return common.told(lambda: _run(arguments))


def _run(arguments: list[str]) -> int:
    try:
        bench = importlib.import_module("tests.bench.__main__")
    except ModuleNotFoundError as missing:
        raise errors.Invalid(
            f"The benchmarks need {missing.name}: run this in a checkout of the source, prepared by `sh deploy/test`."
        ) from missing
    code: int = bench.main(arguments)
    return code
