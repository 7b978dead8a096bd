"""How the command speaks: plain lines on standard output, troubles on standard error, logs as JSON."""

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NoReturn

import structlog
import typer
from sqlalchemy.exc import DBAPIError

from service.clock import ClockError
from service.config import BadSettings, Settings, load_settings
from service.errors import Invalid, Refused, ServiceError
from service.web.answers import sentences
from service.web.lines import render


def say_line(line: str = "") -> None:
    """Print a line for people."""
    typer.echo(line)


def give_up(why: str) -> NoReturn:
    """Say what is wrong on standard error and end with 1."""
    typer.echo(why, err=True)
    raise typer.Exit(1)


@contextmanager
def troubles_in_words() -> Iterator[None]:
    """Turn what commonly goes wrong into one plain line instead of a traceback."""
    try:
        yield
    except (Invalid, Refused) as problem:
        give_up("\n".join(f"{field}: {words}" for field, words in sentences(problem).items()))
    except (BadSettings, ClockError, ServiceError) as error:
        give_up(str(error))
    except DBAPIError as error:
        give_up(f"The database says no: {error.orig}")
    except OSError as error:
        give_up(f"The machine says no: {error.strerror or error}")
    except TimeoutError:
        give_up("The database did not answer in time.")


def settings_in_words() -> Settings:
    """Read the settings; say what is wrong with them and end if they cannot be used."""
    with troubles_in_words():
        return load_settings()


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run the work to its end on the fastest loop there is."""
    with troubles_in_words(), asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(work)


def write_logs(level: str) -> None:
    """Write logs as one JSON object a line on standard error: ours, and the libraries' warnings."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory
