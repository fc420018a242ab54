"""The Chromium of this machine. Playwright would download its own; a bank's network does not let it."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")


def chromium() -> str | None:
    """Where Chromium is: COMPTOIR_TEST_CHROMIUM, or the first of its usual names."""
    given = os.environ.get("COMPTOIR_TEST_CHROMIUM")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


def arguments() -> list[str]:
    """Its sandbox cannot be had by root, and in containers the shared memory is too small for it."""
    return ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
