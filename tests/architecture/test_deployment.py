"""What cannot be run without an engine is checked: by the verifier of the thing itself where it is here, by rules where not."""

import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

from bot import settings

DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
SHELL = [path for path in sorted(DEPLOY.iterdir()) if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")]
COMPOSE = [DEPLOY / "compose.yaml", DEPLOY / "compose.scale.yaml"]
NAME = "desk.example.org"


def verifier(name: str) -> str:
    """The program that judges such files; without it the test is skipped, and says so."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def judged(*command: str) -> str:
    """Nothing when the verifier is content, else what it says."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return "" if result.returncode == 0 else result.stdout + result.stderr


@pytest.mark.parametrize(
    "path", [*SHELL, DEPLOY / "environment.sh", DEPLOY.parent / ".ci/run"], ids=lambda path: path.name
)
def test_scripts_are_plain_shell(path: pathlib.Path) -> None:
    """Each script parses in the plainest shell there is, and shellcheck finds nothing where it is installed."""
    assert judged("sh", "-n", str(path)) == ""
    if shutil.which("shellcheck"):
        assert judged("shellcheck", "--shell=sh", "--external-sources", "--source-path=SCRIPTDIR", str(path)) == ""


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_runs_without_root() -> None:
    """The last stage ends with a user that is a number other than 0, so that an engine can tell that it is not root."""
    last = [rest for name, rest in instructions() if name == "USER"][-1]

    assert int(last.partition(":")[0]) > 0


def test_the_image_is_made_of_what_is_pinned() -> None:
    """Base images have exact tags, packages have hashes, and nothing is fetched by address."""
    given = dict(rest.split("=", 1) for name, rest in instructions() if name == "ARG")
    bases = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    bases = [re.sub(r"\$\{(\w+)\}", lambda match: given[match[1]], base) for base in bases]
    pip = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]

    assert [base for base in bases if not re.fullmatch(r"[a-z/]+:\d+\.\d+\.\d+-[a-z-]+", base)] == []
    assert [line for line in pip if "--require-hashes" not in line] == []
    assert [
        rest for name, rest in instructions() if name == "ADD" or "://" in rest.replace("http://127.0.0.1", "")
    ] == []


def test_the_image_is_made_of_what_exists() -> None:
    """Every folder and file that it copies from here is here, and the engine is given it."""
    copied = [rest.split()[0] for name, rest in instructions() if name == "COPY" and not rest.startswith("--from")]
    given = (DEPLOY.parent / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert [source for source in copied if not (DEPLOY.parent / source).exists() or f"!{source}" not in given] == []


def test_the_image_configures_what_exists() -> None:
    """Each variable that the image sets is a setting."""
    names = {name for kind, rest in instructions() if kind == "ENV" for name in re.findall(r"\b(COMPTOIR_\w+)=", rest)}

    assert {name for name in names if not settings._is_known(name)} == set()


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_compose_is_consistent(path: pathlib.Path) -> None:
    """Images are pinned, volumes and neighbours exist, settings are settings, and no container may become more than it is."""
    compose = yaml.safe_load(path.read_text(encoding="utf-8"))
    services, volumes = compose["services"], set(compose.get("volumes", {}))
    faults = [
        f"{name}: {fault}"
        for name, service in services.items()
        for fault in compose_faults(service, set(services), volumes)
    ]

    assert faults == []


def compose_faults(service: dict, services: set[str], volumes: set[str]) -> list[str]:
    named = [each.partition(":")[0] for each in service.get("volumes", [])]
    checks = {
        "its image has no exact tag": re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)?$", service.get("image", "")),
        "a volume is not declared": all(each.startswith(".") or each in volumes for each in named),
        "a mounted file is missing": all((DEPLOY / each).is_file() for each in named if each.startswith(".")),
        "it waits for nobody": set(service.get("depends_on", {})) <= services,
        "a setting does not exist": all(settings._is_known(each) for each in variables(service)),
        "it is privileged": not service.get("privileged"),
        "ours may gain rights": "build" not in service
        or (
            service["cap_drop"] == ["ALL"]
            and "no-new-privileges:true" in service["security_opt"]
            and service["read_only"]
        ),
        "a port is open to the world": all(each.startswith("127.0.0.1:") for each in service.get("ports", [])),
    }
    return [fault for fault, is_right in checks.items() if not is_right]


def variables(service: dict) -> list[str]:
    return [name for name in service.get("environment", {}) if name.startswith("COMPTOIR_")]


def test_a_careless_service_is_noticed() -> None:
    """The rules for compose files would find what they are there to find."""
    careless = {
        "image": "comptoir:latest",
        "privileged": True,
        "ports": ["8700:8700"],
        "environment": {"COMPTOIR_PROT": "1"},
    }

    assert len(compose_faults(careless, set(), set())) == 4


def test_the_service_unit_is_right(tmp_path: pathlib.Path) -> None:
    """Systemd understands every line of the unit, and finds it well shut in."""
    program = verifier("systemd-analyze")
    unit = tmp_path / "comptoir.service"
    text = (DEPLOY / "comptoir.service").read_text(encoding="utf-8")
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE), encoding="utf-8")

    assert judged(program, "verify", str(unit)) == ""
    assert judged(program, "security", "--offline=true", "--threshold=20", str(unit)) == ""


@pytest.mark.parametrize("name", ["nginx.conf", "nginx.scale.conf"])
def test_nginx_takes_its_configuration(name: str, tmp_path: pathlib.Path) -> None:
    """Nginx itself finds nothing wrong with it, given a certificate."""
    program = verifier("nginx")
    text = (DEPLOY / name).read_text(encoding="utf-8")
    if "ssl_certificate" in text:
        make_certificate(tmp_path)
        text = text.replace("/etc/ssl/certs", str(tmp_path)).replace("/etc/ssl/private", str(tmp_path))
    (tmp_path / "site.conf").write_text(text, encoding="utf-8")
    http = f"access_log off; {temporary(tmp_path)} include {tmp_path}/site.conf;"
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ {http} }}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")

    assert judged(program, "-t", "-q", "-e", "stderr", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")) == ""


def temporary(folder: pathlib.Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


def make_certificate(folder: pathlib.Path) -> None:
    openssl = verifier("openssl")
    key, certificate = folder / f"{NAME}.key", folder / f"{NAME}.pem"
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}")
    subprocess.run([openssl, *made, "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=60)


def test_caddy_takes_its_configuration() -> None:
    """Caddy itself finds nothing wrong with it."""
    program = verifier("caddy")

    assert judged(program, "adapt", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile") == ""


@pytest.mark.parametrize("name", ["nginx.conf", "nginx.scale.conf", "Caddyfile"])
def test_proxies_let_the_live_stream_through(name: str) -> None:
    """No proxy holds the live stream back."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    block = text[re.search(r"location /live|handle @stream", text).start() :]

    assert re.search(
        r"proxy_buffering off|flush_interval -1", block[: block.index("\n    }") if "\n    }" in block else None]
    )


def rules() -> list[dict]:
    groups = yaml.safe_load((DEPLOY / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def figures() -> set[str]:
    """Every name under which /metrics gives a figure."""
    told_in = ("inbox/health.py", "inbox/channel_figures.py")
    source = "".join((DEPLOY.parent / path).read_text(encoding="utf-8") for path in told_in)
    names = set(re.findall(r"\"(comptoir_\w+)\"", source)) | {
        f"comptoir_{name}" for name in re.findall(r"_gauge\(\s*\"(\w+)\"", source)
    }
    return {name + ending for name in names for ending in ("", "_total", "_bucket", "_sum", "_count")}


def test_alerts_ask_for_figures_that_exist() -> None:
    """No rule waits for a figure that nobody gives."""
    asked = {name for rule in rules() for name in re.findall(r"\bcomptoir_\w+", rule["expr"])}

    assert asked - figures() == set()
    assert len(asked) > 8


def test_alerts_say_what_to_do() -> None:
    """Whoever is woken reads what is wrong and what to do."""
    incomplete = [
        rule["alert"]
        for rule in rules()
        if rule["labels"]["severity"] not in {"page", "warn"} or rule["annotations"].keys() != {"summary", "action"}
    ]

    assert incomplete == []


def test_alerts_are_well_formed() -> None:
    """Prometheus' own tool takes the rules, where it is installed."""
    program = verifier("promtool")

    assert judged(program, "check", "rules", str(DEPLOY / "alerts.yaml")) == ""
