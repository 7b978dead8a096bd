"""Settings: where they come from, what is refused, and that secrets stay hidden."""

from pathlib import Path

import pytest

from service.config import BadSettings, Settings, describe, load_settings, unknown_variables

SECRET = "swordfish"


def shown(settings: Settings) -> dict[str, tuple[str, str]]:
    """Map each variable to its value and origin, as `manyways config` shows them."""
    return {row.name: (row.value, row.origin) for row in describe(settings)}


def test_everything_lies_under_home_unless_told_otherwise(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANYWAYS_HOME", str(home))

    settings = load_settings()

    assert f"sqlite+aiosqlite:///{home}/manyways.db" == settings.database_url
    assert f"sqlite+aiosqlite:///{home}/keys/people.db" == settings.keys_database_url
    assert (home / "keys", home / "post") == (settings.keys_folder, settings.post_folder)


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ("postgresql://ada@db/hub", "postgresql+asyncpg://ada@db/hub"),
        ("postgres://ada@db/hub", "postgresql+asyncpg://ada@db/hub"),
        ("postgresql+asyncpg://ada@db/hub", "postgresql+asyncpg://ada@db/hub"),
        ("sqlite:////srv/hub.db", "sqlite+aiosqlite:////srv/hub.db"),
    ],
)
def test_a_database_address_gets_its_driver(given: str, understood: str) -> None:
    assert understood == Settings(database_url=given).database_url


def test_the_public_address_follows_the_port_and_the_sender_follows_the_address() -> None:
    assert "http://localhost:9000" == Settings(port=9000).public_url
    assert "manyways@hub.example" == Settings(public_url="https://hub.example/").mail_from


def test_a_setting_can_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "smtp_url"
    secret.write_text(f"smtps://post:{SECRET}@mail.example:465\n")
    monkeypatch.setenv("MANYWAYS_SMTP_URL_FILE", str(secret))

    settings = load_settings()

    assert f"smtps://post:{SECRET}@mail.example:465" == settings.smtp_url
    assert ("smtps://…@mail.example:465", "file") == shown(settings)["MANYWAYS_SMTP_URL"]


def test_the_clock_file_is_a_setting_and_not_the_file_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MANYWAYS_CLOCK_FILE", "/srv/clock")

    assert Path("/srv/clock") == load_settings().clock_file
    assert [] == list(unknown_variables())


def test_each_row_says_where_its_value_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANYWAYS_PORT", "9000")

    rows = shown(load_settings())

    assert ("9000", "environment") == rows["MANYWAYS_PORT"]
    assert ("http://localhost:9000", "default") == rows["MANYWAYS_PUBLIC_URL"]


def test_every_setting_has_a_meaning() -> None:
    assert [] == [row.name for row in describe(Settings()) if not row.meaning]


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ada:{SECRET}@db/hub",
        f"postgresql://db/hub?user=ada&password={SECRET}",
        f"postgresql://ada:p@{SECRET}@db/hub",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    settings = Settings(database_url=url)

    assert SECRET not in repr(settings)
    assert SECRET not in str(describe(settings))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MANYWAYS_DATABASE_URL", f"mysql://ada:{SECRET}@db/hub"),
        ("MANYWAYS_DATABASE_URL", f"postgresql://ada:{SECRET}/s@db:port/hub"),
        ("MANYWAYS_DATABASE_URL", "sqlite:///"),
        ("MANYWAYS_KEYS_DATABASE_URL", SECRET),
        ("MANYWAYS_SMTP_URL", f"https://ada:{SECRET}@mail"),
        ("MANYWAYS_SMTP_URL", f"smtp://ada:{SECRET}@mail:port"),
        ("MANYWAYS_PORT", SECRET),
        ("MANYWAYS_PORT", "70000"),
        ("MANYWAYS_PUBLIC_URL", f"https://hub.example/{SECRET}"),
        ("MANYWAYS_PUBLIC_URL", "hub.example"),
        ("MANYWAYS_MAIL_FROM", f"a@b.example\r\nBcc: {SECRET}"),
        ("MANYWAYS_TRUSTED_PROXIES", f"10.0.0.0/8, {SECRET}"),
        ("MANYWAYS_LOG_LEVEL", SECRET),
        ("MANYWAYS_WORKER_INSIDE", SECRET),
    ],
)
def test_a_bad_value_is_refused_by_name_without_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(BadSettings) as refusal:
        load_settings()

    assert [variable] == list(refusal.value.problems)
    assert SECRET not in str(refusal.value)


def test_every_bad_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANYWAYS_PORT", "0")
    monkeypatch.setenv("MANYWAYS_LOG_LEVEL", "loud")

    with pytest.raises(BadSettings) as refusal:
        load_settings()

    assert {"MANYWAYS_PORT", "MANYWAYS_LOG_LEVEL"} == set(refusal.value.problems)


def test_a_setting_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "port").write_text("9000")
    monkeypatch.setenv("MANYWAYS_PORT", "8080")
    monkeypatch.setenv("MANYWAYS_PORT_FILE", str(tmp_path / "port"))

    with pytest.raises(BadSettings, match="MANYWAYS_PORT: is set twice"):
        load_settings()


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANYWAYS_PORT_FILE", str(tmp_path / "none"))

    with pytest.raises(BadSettings, match=r"MANYWAYS_PORT_FILE: .*/none cannot be read: No such"):
        load_settings()


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANYWAYS_SMTP_URL", "")

    assert ("", "default") == shown(load_settings())["MANYWAYS_SMTP_URL"]


def test_a_misspelt_variable_is_reported_with_a_likely_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MANYWAYS_DATABSE_URL", f"postgresql://ada:{SECRET}@db/hub")

    assert ["MANYWAYS_DATABSE_URL is not a setting; did you mean MANYWAYS_DATABASE_URL?"] == list(
        unknown_variables()
    )


def test_proxies_are_networks_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANYWAYS_TRUSTED_PROXIES", "10.0.0.0/8, ::1")

    assert ["10.0.0.0/8", "::1/128"] == [str(one) for one in load_settings().trusted_proxies]
