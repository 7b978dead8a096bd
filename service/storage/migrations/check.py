"""`make check`: build a schema by the migrations and ask Alembic whether the models want anything else."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.util import CommandError
from sqlalchemy import create_engine

from service.storage.migrations.run import configuration, run_steps


def main() -> int:
    """Give 0 if migrations and models agree, else 1 with what differs on standard error."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'check.db'}")
        with engine.begin() as connection:
            run_steps(connection)
        with engine.begin() as connection:
            try:
                command.check(configuration(connection))
            except CommandError as error:
                sys.stderr.write(f"migrations and models differ: {error}\n")
                return 1
            finally:
                connection.rollback()
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
