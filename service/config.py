"""The settings of an installation: MANYWAYS_* variables, each also as MANYWAYS_*_FILE.

Nothing here opens a file but those named by a `_FILE` variable, and nothing here makes folders.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from service.errors import ServiceError
from service.urls import listening_place, server_url, split_url, without_secrets

PREFIX = "MANYWAYS_"
# Read by the tests and by `make`, never by the service.
NOT_SETTINGS = ("MANYWAYS_TEST_",)
DRIVERS = {
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
}
MAIL_SCHEMES = ("smtp", "smtp+starttls", "smtps")
MAILBOX_SCHEMES = ("imap", "imap+starttls", "imaps")


class BadSettings(ServiceError):
    """One or more settings cannot be used; says which and why, never the value."""

    code = "bad-settings"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(f"{name}: {why}" for name, why in problems.items()))
        self.problems = dict(problems)


class Environment(PydanticBaseSettingsSource):
    """Read each setting from its variable, or from the file its `_FILE` variable names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Give the raw text of one setting, its key, and that it needs no decoding."""
        return _raw_value(field_name, os.environ), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give the raw text of every setting that is set."""
        raw = {name: _raw_value(name, os.environ) for name in self.settings_cls.model_fields}
        return {name: text for name, text in raw.items() if text is not None}


def _default_database(data: dict[str, Any]) -> str:
    return f"sqlite:///{data['home'] / 'manyways.db'}"


def _default_keys_database(data: dict[str, Any]) -> str:
    return f"sqlite:///{data['home'] / 'keys' / 'people.db'}"


def _default_public_url(data: dict[str, Any]) -> str:
    return f"http://localhost:{data['port']}"


def _default_mail_from(data: dict[str, Any]) -> str:
    return f"manyways@{split_url(data['public_url']).hostname}"


class Settings(BaseSettings):
    """Hold every setting; what is not given comes from the environment or its default."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True
    )

    home: Path = Field(Path("var"), description="Folder for everything the installation writes")
    database_url: str = Field(
        default_factory=_default_database,
        repr=False,
        description="The database: sqlite:///file or postgresql://user:password@host/name",
    )
    keys_database_url: str = Field(
        default_factory=_default_keys_database,
        repr=False,
        description="Where people's keys are kept, apart from the database and its backups",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on")
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on")
    public_url: str = Field(
        default_factory=_default_public_url, description="Address people see, used in every link"
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="Proxies whose X-Forwarded-* headers count: networks, with commas"
    )
    smtp_url: str | None = Field(
        None,
        repr=False,
        description="Mail server: smtps://user:password@host:465, smtp+starttls://… or smtp://…"
        " (without one, mail goes to the post tray)",
    )
    smtp_connections: int = Field(4, ge=1, le=64, description="Mail connections kept open")
    mails_per_minute: int | None = Field(None, ge=1, description="Most mails a minute per worker")
    mailbox_url: str | None = Field(
        None,
        repr=False,
        description="Mailbox that answers come to: imaps://user:password@host or imap+starttls://…"
        " (an organisation may have its own)",
    )
    lmtp_listen: str | None = Field(
        None,
        description="Where a mail server hands mail over by LMTP: 127.0.0.1:2424 or unix:/path",
    )
    mail_from: str = Field(
        default_factory=_default_mail_from,
        description="Address mail comes from when the organisation has set none",
    )
    worker_inside: bool = Field(True, description="Send mail and run timers inside the web process")
    database_pool: int = Field(10, ge=1, le=200, description="PostgreSQL connections per process")
    clock_file: Path | None = Field(None, description="File that moves a demonstration's clock")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged: debug, info, warning or error"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments first, then our one reading of the environment."""
        return init_settings, Environment(settings_cls)

    @field_validator("home", "clock_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @field_validator("database_url", "keys_database_url")
    @classmethod
    def _with_driver(cls, url: str) -> str:
        scheme, separator, rest = url.partition("://")
        kind = scheme.partition("+")[0]
        if not separator or kind not in DRIVERS:
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if kind != "sqlite":
            split_url(url)
        elif not rest.removeprefix("/"):
            raise ValueError("must name a file, such as sqlite:////srv/manyways/manyways.db")
        return f"{DRIVERS[kind]}://{rest}"

    @field_validator("public_url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        parts = split_url(url.rstrip("/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        if parts.path or parts.query or parts.fragment or parts.username:
            raise ValueError("must be a plain address without a path, such as https://hub.example")
        return url.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _known_mail_server(cls, url: str | None) -> str | None:
        return None if url is None else server_url(url, MAIL_SCHEMES)

    @field_validator("mailbox_url")
    @classmethod
    def _known_mailbox(cls, url: str | None) -> str | None:
        return None if url is None else server_url(url, MAILBOX_SCHEMES)

    @field_validator("lmtp_listen")
    @classmethod
    def _place_to_listen(cls, place: str | None) -> str | None:
        return None if place is None else listening_place(place)

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, address: str) -> str:
        if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", address):
            raise ValueError("must be one mail address, such as post@hub.example")
        return address

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(",") if part.strip()]

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @property
    def keys_folder(self) -> Path:
        """Give the folder of the secret keys."""
        return self.home / "keys"

    @property
    def post_folder(self) -> Path:
        """Give the post tray: the folder mail goes to when there is no mail server."""
        return self.home / "post"

    @property
    def is_secure(self) -> bool:
        """Say whether people reach the service by https."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Row:
    """Say one thing about one setting, as `manyways config` prints it."""

    name: str
    meaning: str
    value: str
    origin: Literal["default", "environment", "file"]


def load_settings() -> Settings:
    """Read the settings from the environment; raise BadSettings naming every bad one."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(_problems_of(error)) from None


def describe(settings: Settings) -> list[Row]:
    """List every setting with its meaning, its value (secrets hidden) and where it came from."""
    return [
        Row(
            name=_variable(name),
            meaning=field.description or "",
            value=_shown(getattr(settings, name)),
            origin=_origin(name),
        )
        for name, field in Settings.model_fields.items()
    ]


def unknown_variables() -> Iterator[str]:
    """Yield a line for each MANYWAYS_* variable that is no setting, with a likely one."""
    known = [_variable(name) for name in Settings.model_fields]
    known += [f"{name}_FILE" for name in known]
    for name in sorted(os.environ):
        if not name.startswith(PREFIX) or name.startswith(NOT_SETTINGS) or name in known:
            continue
        close = get_close_matches(name, known, n=1)
        yield f"{name} is not a setting" + (f"; did you mean {close[0]}?" if close else "")


def _problems_of(error: ValidationError) -> dict[str, str]:
    """Map each bad variable to why; a default that could not be made from a bad one is not bad."""
    return {
        _variable(str(item["loc"][0])): item["msg"].removeprefix("Value error, ")
        for item in error.errors()
        if item["type"] != "default_factory_not_called"
    }


def _variable(field_name: str) -> str:
    return PREFIX + field_name.upper()


def _raw_value(field_name: str, environ: Mapping[str, str]) -> str | None:
    """Give a setting's text; empty counts as not set, as compose files pass it on."""
    variable = _variable(field_name)
    text, file = environ.get(variable), environ.get(f"{variable}_FILE")
    if text and file:
        raise BadSettings({variable: f"is set twice, here and by {variable}_FILE"})
    if not file:
        return text or None
    try:
        return Path(file).read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise BadSettings({f"{variable}_FILE": f"{file} cannot be read: {reason}"}) from None


def _origin(name: str) -> Literal["default", "environment", "file"]:
    if os.environ.get(f"{_variable(name)}_FILE"):
        return "file"
    return "environment" if os.environ.get(_variable(name)) else "default"


def _shown(value: object) -> str:
    """Write a value for people, without the name, password or query of an address."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return without_secrets("" if value is None else str(value))
