# Sourced by start, test and check: the project's folder in $root, and `prepare LOCK`, which leaves a Python in $python that has
# exactly what LOCK pins. Needs Python 3.11 to 3.14 and a shell; installs into .venv here and nowhere else.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
python=$root/.venv/bin/python
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

fits() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

find_python() {
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if fits "$name"; then
      printf '%s\n' "$name"
      return
    fi
  done
  stop "Comptoir needs Python 3.11, 3.12, 3.13 or 3.14, and found none of them." \
    "Install one, or name it: PYTHON=/path/to/python3"
}

# Debian keeps ensurepip in a package of its own. Without it, a pip that stands outside can install into the environment too.
make_environment() {
  fits "$python" && return
  found=$(find_python) || exit 1
  rm -rf "$root/.venv"
  if "$found" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    "$found" -m venv "$root/.venv"
  elif "$found" -c 'import venv, pip' >/dev/null 2>&1; then
    "$found" -m venv --without-pip "$root/.venv"
  else
    stop "$found cannot make a virtual environment: its modules venv and ensurepip are missing." \
      "On Debian and Ubuntu: apt install python3-venv"
  fi
}

install() {
  if "$python" -c 'import pip' >/dev/null 2>&1; then
    "$python" -m pip install "$@"
  else
    "$(find_python)" -m pip --python "$python" install "$@"
  fi
}

# What was installed last is remembered by the lock's own hash, so that the second start installs nothing.
prepare() {
  lock=$root/deploy/$1
  stamp=$root/.venv/installed-$1
  make_environment
  now=$("$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$lock")
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then
    return
  fi
  printf 'Installing what %s pins into .venv; this is needed once.\n' "deploy/$1" >&2
  install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps --prefer-binary --requirement "$lock" ||
    stop "The installation failed; the lines above say why. It needs the network or a local package index that pip is told of."
  printf '%s\n' "$now" >"$stamp"
}
