"""How Bluesky counts, by its own rule and against Node, whose count its servers use."""

import json
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors import graphemes
from bot.connectors.bluesky import counting


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("bonjour", 7),
        ("a\r\nb", 3),
        ("é" * 4, 4),
        ("e\u0301" * 4, 4),
        ("👍🏽👍", 2),
        ("🇫🇷🇬🇧🇫", 3),
        ("❤️‍🔥🙂‍↔️", 2),
        ("한국어", 3),
        ("한국", 2),
        ("日本語", 3),
        ("กำ", 1),
        ("\u0301a", 2),
        ("a\n\u0301", 3),
        ("1️⃣", 1),
    ],
)
def test_graphemes(text: str, length: int) -> None:
    """What a person sees as one character counts once."""
    assert graphemes.count(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("👨‍👩‍👧‍👦", 3),
        ("👨‍👩‍👧‍👦" * 120, 300),
        ("👨‍👩‍👧‍👦" * 121, 303),
        ("x" * 300, 300),
        ("a\u0301\u0301\u0301\u0301\u0301", 2),
    ],
)
def test_bytes(text: str, length: int) -> None:
    """Ten bytes count at least as one character: so both limits are one."""
    assert counting.count(text) == length


_ODD = st.sampled_from("a\u0301\u200d\ufe0f👍🏽🇫🇷👨👩♂❤🔥\n\rक्षि한\u1100\u1161\u11a8กำ\u200b#\u20e3\U000e0067")


@given(st.text() | st.text(_ODD))
def test_node(text: str) -> None:
    """Never fewer than the network counts: what we let through is not refused there."""
    assert graphemes.count(text) >= _by_node(text)


@given(st.text(st.sampled_from("a\u0301\u200d👍🏽🇫🇷👨👩❤🔥\n\r한\u1100\u1161\u11a8กำ#\u20e3\ufe0f")))
def test_node_agrees(text: str) -> None:
    """On what people write, emoji and all, just as many."""
    assert graphemes.count(text) == _by_node(text)


_PROGRAM = """
const count = new Intl.Segmenter();
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  console.log([...count.segment(JSON.parse(line))].length);
});
"""


class _Node:
    """One Node for all the examples."""

    def __init__(self, path: str) -> None:
        self._process = subprocess.Popen([path, "-e", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def count(self, text: str) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(text).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


_nodes: list[_Node] = []


@pytest.fixture(autouse=True, scope="module")
def _closed() -> object:
    yield None
    while _nodes:
        _nodes.pop().close()


def _by_node(text: str) -> int:
    path = shutil.which("node")
    if path is None:
        pytest.skip("there is no node on this machine")
    if not _nodes:
        _nodes.append(_Node(path))
    return _nodes[0].count(text)
