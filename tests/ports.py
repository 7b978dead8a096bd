"""Free ports, for servers that have to know theirs before they listen.

The system's own choice would not do: until the server listens it may give the same port to a server of
another worker. These lie below what the system chooses from, and each worker has its own.
"""

import os
import random
import socket
from itertools import cycle

HOST = "127.0.0.1"
LOWEST, EACH = 12_000, 2_000
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_begin = LOWEST + _worker % 8 * EACH
# Two runs at once on one machine begin at different places.
_ports = cycle(random.Random(os.getpid()).sample(range(_begin, _begin + EACH), EACH))


def free_port() -> int:
    """Find a port nobody listens on."""
    while True:
        port = next(_ports)
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)):
                return port
