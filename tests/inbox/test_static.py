"""What browsers load: borrowed files are what they claim, every drawing exists, and nothing needs a weaker policy."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from inbox import rendering, statics
from inbox.rendering import STATIC, TEMPLATES

VENDOR = json.loads((STATIC / "vendor" / "vendor.json").read_text(encoding="utf-8"))
CALL = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
TABLE = re.compile(r"(?:icon\(|set drawing = )(\{[^}]*\})")
VALUE = re.compile(r""": "([a-z0-9-]+)\"""")


@pytest.mark.parametrize("name", sorted(VENDOR))
def test_borrowed_files_are_what_they_claim(name: str) -> None:
    """The file's digest is the one written down when it was copied, and package, version and licence are named."""
    path = STATIC / name if (STATIC / name).exists() else STATIC / "vendor" / name
    told = VENDOR[name]
    assert base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode() == told["sha384"]
    assert told["package"] and re.fullmatch(r"\d+\.\d+\.\d+", told["version"]) and told["licence"] in ("ISC", "OFL-1.1")


def test_every_drawing_exists() -> None:
    """An icon that a template asks for is in the sprite."""
    sprite = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    texts = [file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html")]
    used = {name for text in texts for name in CALL.findall(text)}
    used |= {name for text in texts for table in TABLE.findall(text) for name in VALUE.findall(table)}
    assert len(used) > 30
    assert used - sprite == set()


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: file.name)
def test_no_template_needs_a_weaker_policy(file: Path) -> None:
    """No inline script, style or handler, no `safe`: the content policy allows none, and text from outside stays text."""
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b", text)
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []


@pytest.mark.parametrize("file", sorted((STATIC / "js").glob("*.js")), ids=lambda file: file.name)
def test_scripts_keep_small_and_harmless(file: Path) -> None:
    """One behaviour a file; HTML enters the page through one door only, and nothing is evaluated."""
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    assert not re.search(r"\beval\(|new Function|outerHTML\s*=|insertAdjacentHTML|document\.write", text)
    assert ("innerHTML" in text) == (file.name == "pieces.js")


def test_addresses_change_with_the_content() -> None:
    """Every static file that a page names is served under an address that holds the digest of all of them."""
    for path in ("css/base.css", "js/main.js", "icons.svg", "vendor/inter-latin.woff2"):
        assert re.fullmatch(rf"/static/[0-9a-f]{{12}}/{re.escape(path)}", rendering.asset(path))
        assert path in statics._files()


def test_the_copier_runs() -> None:
    """The script that copies borrowed files can be read by the Python that runs the desk."""
    script = str(STATIC / "vendor" / "vendor.py")
    done = subprocess.run([sys.executable, "-m", "py_compile", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
