"""One typed, frozen Settings: the only reader of the environment and of `comptoir.toml`.

The environment wins over the file. Every field carries its help text; README and `deploy/env.example` are tested against them.
Secrets of channels never stand in the file: a `[[channel]]` table names environment variables that begin with COMPTOIR_SECRET_.
"""

import difflib
import os
import tomllib
import zoneinfo
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import errors

PREFIX = "COMPTOIR_"
SECRET_PREFIX = "COMPTOIR_SECRET_"  # noqa: S105  a name's beginning, not a secret
Shape = Literal["all", "web", "listen", "work"]


class ChannelSettings(BaseModel):
    """One `[[channel]]` table: a connected account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[
        str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", description="What people and URLs call it: a-z, 0-9, -")
    ]
    network: Annotated[str, Field(description="Which connector speaks it, such as telegram, signed or fake")]
    title: Annotated[str, Field(default="", description="What agents read")]
    branch: Annotated[str, Field(default="", description="The regional branch it speaks for")]
    team: Annotated[str, Field(default="", description="The team whose queue takes its tickets")]
    language: Annotated[
        Literal["fr", "en"], Field(default="fr", description="The language to assume when none is recognised")
    ]
    base_url: Annotated[str, Field(default="", description="Another address of the network, such as a test server")]
    options: Annotated[dict[str, str], Field(default_factory=dict, description="Plain settings of the connector")]
    secrets: Annotated[
        dict[str, Annotated[str, Field(pattern=rf"^{SECRET_PREFIX}[A-Z0-9_]+$")]],
        Field(default_factory=dict, description="Secret's name → name of the environment variable that holds it"),
    ]


class Settings(BaseSettings):
    """Everything an operator can decide. Durations are in the unit that the name says."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(Path("comptoir-data"), description="Folder of the embedded database and the lock file")
    database_url: str = Field(
        "", description="postgresql://… for PostgreSQL 15 or newer; empty for SQLite in the data folder"
    )
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8700, description="Port to listen on; 0 picks a free one")
    public_url: str = Field(
        "", description="The address that browsers and networks use, such as https://desk.example.org"
    )
    hosts: str = Field("", description="Further host names that browsers may use, separated by commas")
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = Field(
        0, description="How many reverse proxies stand before us"
    )
    brand: str = Field("Comptoir", description="The name shown to agents")
    default_locale: Literal["fr", "en"] = Field("fr", description="Language of the pages before anyone has signed in")
    time_zone: str = Field(
        "Europe/Paris", description="The bank's own clocks: the zone in which pages show times, such as Europe/London"
    )
    undo_seconds: Annotated[int, Field(ge=0, le=60)] = Field(10, description="How long a sent reply can be taken back")
    reopen_days: Annotated[int, Field(ge=0, le=365)] = Field(
        7, description="A new message within this time reopens the resolved ticket; later it opens a new one"
    )
    session_idle_minutes: Annotated[int, Field(ge=5, le=1440)] = Field(
        30, description="A window unused this long must sign in again"
    )
    session_hours: Annotated[int, Field(ge=1, le=72)] = Field(12, description="Nobody stays signed in longer")
    session_windows: Annotated[int, Field(ge=1, le=100_000)] = Field(
        20, description="Windows that one session may have open; those beyond it are not kept up to date"
    )
    intake_limit: Annotated[int, Field(ge=100, le=100_000)] = Field(
        5_000, description="Messages that may wait for their commit; senders beyond it get 503"
    )
    is_private_network_allowed: bool = Field(
        False, description="Let channels reach private and loopback addresses (test servers, an internal helpdesk)"
    )
    is_demo: bool = Field(False, description="Say on every page that its data are invented; `comptoir demo` sets it")
    log_format: Literal["auto", "pretty", "json"] = Field(
        "auto", description="auto: pretty on a terminal, JSON otherwise"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged")
    metrics_token: str = Field(
        "", repr=False, description="Bearer token for /metrics from other machines; empty: this machine only"
    )
    channel: tuple[ChannelSettings, ...] = Field((), description="The [[channel]] tables of comptoir.toml")

    @field_validator("database_url")
    @classmethod
    def _is_address_of_postgresql(cls, given: str) -> str:
        if given and not _is_address(given, ("postgresql", "postgres")):
            raise ValueError("it must look like postgresql://user:password@host:5432/name, or be empty for SQLite")
        return given.replace("postgres://", "postgresql://", 1)

    @field_validator("public_url")
    @classmethod
    def _is_address_of_ours(cls, given: str) -> str:
        if given and not _is_address(given, ("https", "http")):
            raise ValueError("it must look like https://desk.example.org, or be empty")
        return given.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, given: str) -> str:
        try:
            return zoneinfo.ZoneInfo(given).key
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
            raise ValueError("it must be a zone of the tz database, such as Europe/Paris") from error

    @property
    def url(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'comptoir.db').absolute()}"

    @property
    def undo(self) -> timedelta:
        return timedelta(seconds=self.undo_seconds)

    @property
    def reopening(self) -> timedelta:
        return timedelta(days=self.reopen_days)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then what was passed in (the file's values)."""
        return env_settings, init_settings


def load(file: Path | None = None, **given: Any) -> Settings:
    """Read `comptoir.toml` and the environment. `given` (the command line) wins over both.

    Raises Invalid, with the setting's name, what was given and what is allowed.
    """
    path = file or Path(os.environ.get(f"{PREFIX}CONFIG", "comptoir.toml"))
    written = _read(path, is_asked_for=file is not None or f"{PREFIX}CONFIG" in os.environ)
    unknown = [name for name in os.environ if name.startswith(PREFIX) and not _is_known(name)]
    if unknown:
        raise errors.Invalid(f"{unknown[0]} is no setting. {_meant(unknown[0])}", field=unknown[0])
    try:
        return Settings(**written).model_copy(
            update=_checked({name: value for name, value in given.items() if value is not None})
        )
    except ValidationError as error:
        raise errors.Invalid(_sentence(error), field=".".join(map(str, error.errors()[0]["loc"]))) from error


def secret(variable: str) -> str | None:
    """A channel's secret from the environment; None when it is not set. Other variables cannot be asked for."""
    if not variable.startswith(SECRET_PREFIX):
        raise errors.Invalid(
            f"A channel's secret is read from a variable that begins with {SECRET_PREFIX}, not {variable}."
        )
    return os.environ.get(variable) or None


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    validated = Settings.model_construct(**given)
    checked = Settings.__pydantic_validator__
    return {name: getattr(checked.validate_assignment(validated, name, value), name) for name, value in given.items()}


def _read(path: Path, *, is_asked_for: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if is_asked_for:
            raise errors.Invalid(f"There is no configuration file {path}.") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise errors.Invalid(f"The configuration file {path} cannot be read: {error}") from error


def _meant(variable: str) -> str:
    """The setting that a misspelt name is nearest to."""
    names = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    near = difflib.get_close_matches(variable, names, n=1)
    return f"Did you mean {near[0]}?" if near else "README lists those there are."


def _is_known(variable: str) -> bool:
    name = variable.removeprefix(PREFIX).lower()
    return (
        variable.startswith(SECRET_PREFIX)
        or name in Settings.model_fields
        or name == "config"
        or name.startswith("test_")
    )


def _is_address(given: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(given)
        return (
            parts.scheme in schemes and bool(parts.hostname or parts.path.strip("/") or parts.query) and parts.port != 0
        )
    except ValueError:
        return False


def _sentence(error: ValidationError) -> str:
    """Every fault: the setting, what was given unless it may be secret, and what is allowed."""
    return " ".join(
        _fault(".".join(map(str, one["loc"])), one["type"], one["input"], one["msg"]) for one in error.errors()
    )


def _fault(name: str, kind: str, given: object, message: str) -> str:
    if kind == "extra_forbidden":
        return f"There is no setting {name}."
    allowed = message.removeprefix("Value error, ")
    may_be_secret = any(word in name for word in ("token", "secret", "database_url")) or isinstance(given, dict)
    shown = "" if may_be_secret else f" was given {given!r}"
    return f"Setting {name}{shown}: {allowed[0].lower()}{allowed[1:]}."
