"""Everything that a change must pass, as a list of named steps: `sh deploy/check`, or `python -m tests.check [STEP …]`.

Every step runs, whatever became of the one before it, so that one look shows all that is wrong.
"""

import argparse
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parent.parent
STEPS: dict[str, tuple[str, ...]] = {
    "format": ("ruff", "format", "--check", "."),
    "rules": ("ruff", "check", "."),
    "types": ("mypy",),
    "imports": ("pytest", "-q", "-p", "no:randomly", "tests/architecture/test_imports.py"),
    "templates": ("pytest", "-q", "-p", "no:randomly", "tests/architecture/test_templates.py"),
    "tests": ("pytest", "-q", "-n", "2", "--dist", "loadfile"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="sh deploy/check", description=__doc__)
    parser.add_argument("step", nargs="*", choices=[*STEPS, []], help=f"only these of: {', '.join(STEPS)}")
    chosen = parser.parse_args().step or list(STEPS)
    failed = [name for name in chosen if not _passes(name)]
    print(f"\nfailed: {', '.join(failed)}" if failed else f"\nall well: {', '.join(chosen)}")
    return 1 if failed else 0


def _passes(name: str) -> bool:
    print(f"\n── {name}: {' '.join(STEPS[name])}", flush=True)
    began = time.perf_counter()
    code = subprocess.run([sys.executable, "-m", *STEPS[name]], cwd=ROOT, check=False).returncode
    print(f"── {name}: {'well' if code == 0 else 'FAILED'}, {time.perf_counter() - began:.1f} s", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
