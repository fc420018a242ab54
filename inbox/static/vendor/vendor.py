# ruff: noqa: INP001  (a script that stands beside what it copies, not a module)
"""Copies what the window borrows from others, pinned by package-lock.json, and writes down where it came from.

    cd inbox/static/vendor && npm ci --ignore-scripts && python vendor.py

`vendor.json` then names each file's package, version, licence and sha384; a test compares. The sprite holds only the
drawings named below. `--check` changes nothing and fails when a file differs.
"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
SPRITE = HERE.parent / "icons.svg"

ICONS = (
    "alarm-clock", "alarm-clock-off", "archive", "arrow-down", "arrow-up", "at-sign", "bell", "bell-off",
    "book-open", "bot", "building-2", "calendar-clock", "check", "check-check", "chevron-down", "chevron-left",
    "chevron-right", "chevron-up", "circle", "circle-alert", "circle-check", "circle-dot", "circle-x", "clock",
    "command", "corner-down-left", "ellipsis", "external-link", "eye", "eye-off", "file-warning", "flag", "globe", "hash",
    "heart", "history", "inbox", "info", "key-round", "keyboard", "languages", "layers", "link", "list", "lock", "log-out",
    "menu", "message-circle", "message-square", "message-square-reply", "messages-square", "monitor", "moon",
    "panel-right", "paperclip", "pencil", "phone", "plug", "plus", "power", "radio", "refresh-cw", "reply",
    "rotate-ccw", "search", "send", "settings", "shield", "sliders-horizontal", "square-pen", "sticky-note",
    "sun", "tag", "trash-2", "triangle-alert", "undo-2", "user", "user-check", "user-plus", "users", "wifi-off",
    "x", "zap",
)

# Our own mark: a counter bell, drawn for this project.
MARK = (
    '<symbol id="mark" viewBox="0 0 24 24"><path fill="currentColor" d="M12 4.4a1.6 1.6 0 0 1 1.55 2 7.6 7.6 0 0 1 6.02 6.72'
    'c.05.6-.42 1.08-1.02 1.08H5.45c-.6 0-1.07-.49-1.02-1.08a7.6 7.6 0 0 1 6.02-6.72 1.6 1.6 0 0 1 1.55-2Z"/>'
    '<rect fill="currentColor" x="3" y="16.2" width="18" height="3" rx="1.5"/></symbol>'
)

# what is copied: file here ← package, file there
COPIES = {
    "inter-latin.woff2": ("@fontsource-variable/inter", "files/inter-latin-wght-normal.woff2"),
    "inter-LICENSE.txt": ("@fontsource-variable/inter", "LICENSE"),
    "lucide-LICENSE.txt": ("lucide-static", "LICENSE"),
}


def symbol(name: str) -> str:
    """One drawing of the sprite, without the attributes that the style sheet gives to all."""
    drawing = (MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
    if inner is None:
        raise SystemExit(f"{name} is not a drawing")
    lines = re.sub(r"\s+", " ", inner[1]).replace("> <", "><").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{lines}</symbol>'


def sprite() -> str:
    version = package("lucide-static")["version"]
    return (
        f"<!-- Drawings of lucide-static {version}, ISC licence: vendor/lucide-LICENSE.txt. The mark is ours. -->\n"
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join([MARK, *(symbol(name) for name in ICONS)]) + "\n</svg>\n"
    )


def package(name: str) -> dict[str, str]:
    read: dict[str, str] = json.loads((MODULES / name / "package.json").read_text(encoding="utf-8"))
    return read


def entry(name: str, content: bytes) -> dict[str, str]:
    told = package(name)
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {"package": name, "version": told["version"], "licence": told["license"], "sha384": digest}


def main(is_check: bool) -> None:
    made = {HERE / here: (MODULES / name / there).read_bytes() for here, (name, there) in COPIES.items()}
    made[SPRITE] = sprite().encode()
    sources = {HERE / here: name for here, (name, _) in COPIES.items()} | {SPRITE: "lucide-static"}
    listing = {path.name: entry(sources[path], content) for path, content in sorted(made.items())}
    made[HERE / "vendor.json"] = (json.dumps(listing, indent=2) + "\n").encode()
    for path, content in made.items():
        if not is_check:
            path.write_bytes(content)
        elif path.read_bytes() != content:
            raise SystemExit(f"{path.name} is not what package-lock.json pins")


if __name__ == "__main__":
    main("--check" in sys.argv)
