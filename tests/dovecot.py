"""A real IMAP server for tests: Dovecot on free ports, with its own settings in its own folder.

`python -m tests.dovecot` says whether there is one, and what to install if not.
"""

import asyncio
import grp
import os
import pwd
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.ports import HOST, free_port

USER, PASSWORD = "answers@kiln.example.org", "s3cret/ö"
STARTS_WITHIN = 60.0
#: Where packages put it when a person's own path does not lead there.
PLACES = "/usr/sbin:/usr/local/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server with one mailbox."""

    folder: Path
    port: int
    tls_port: int

    @property
    def url(self) -> str:
        """Give the mailbox's address, without encryption."""
        return f"imap://{quote(USER)}:{quote(PASSWORD, safe='')}@{HOST}:{self.port}?tls=off"

    @property
    def inbox(self) -> Path:
        """Give the Maildir of the inbox."""
        return self.folder / "mail"

    def deliver(self, *mails: bytes) -> None:
        """Put mails into the inbox, in this order."""
        for raw in mails:
            count = len(list((self.inbox / "new").iterdir())) + len(
                list((self.inbox / "cur").iterdir())
            )
            name = f"{1_800_000_000 + count}.M{os.urandom(6).hex()}.test"
            path = self.inbox / "tmp" / name
            path.write_bytes(raw)
            _give(path)
            path.rename(self.inbox / "new" / name)

    def names(self, folder: str = "") -> Sequence[str]:
        """Name the files of a mail folder, with the marks that stand behind the comma."""
        where = self.inbox / f".{folder}" if folder else self.inbox
        found = [*(where / "new").glob("*"), *(where / "cur").glob("*")] if where.exists() else []
        return sorted(path.name for path in found)


def find_dovecot() -> str | None:
    """Find the program."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:{PLACES}")


def missing_dovecot() -> str | None:
    """Say what to do when there is no Dovecot; nothing when there is one."""
    if find_dovecot():
        return None
    return "Dovecot: install the package dovecot-imapd (apt-get install dovecot-imapd)"


@asynccontextmanager
async def running_dovecot(certificate: Path | None = None) -> AsyncIterator[Dovecot]:
    """Run a server until the end; with a certificate it can be reached by TLS as well."""
    program = find_dovecot()
    assert program is not None
    # Its own processes have no rights, so the folder must be one that others may enter.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    server = Dovecot(folder, free_port(), free_port())
    settings = _prepared(server, certificate)
    process = await asyncio.create_subprocess_exec(
        *(program, "-F", "-c", str(settings)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await _started(process)
        yield server
    finally:
        process.terminate()
        await process.communicate()
        shutil.rmtree(folder, ignore_errors=True)


async def _started(process: asyncio.subprocess.Process) -> None:
    """Wait until it says that it is starting up, which it does once it listens."""
    said = b""
    assert process.stderr is not None
    async with asyncio.timeout(STARTS_WITHIN):
        while b"starting up" not in said:
            line = await process.stderr.readline()
            assert line, f"Dovecot did not start: {said.decode()}"
            said += line


def _prepared(server: Dovecot, certificate: Path | None) -> Path:
    """Write the settings and make the folders; give the file of the settings."""
    folder, runs_as = server.folder, _runs_as()
    folder.chmod(0o755)
    for name in ("cur", "new", "tmp"):
        (server.inbox / name).mkdir(parents=True)
    if certificate is not None:
        shutil.copy(certificate, folder / "tls.pem")
    for path in (folder, server.inbox, *server.inbox.iterdir()):
        _give(path)
    settings = folder / "dovecot.conf"
    pem = folder / "tls.pem"
    tls = f"ssl = yes\nssl_cert = <{pem}\nssl_key = <{pem}\n" if certificate else "ssl = no\n"
    settings.write_text(
        f"""base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
info_log_path = /dev/stderr
protocols = imap
listen = {HOST}
{tls}disable_plaintext_auth = no
auth_mechanisms = plain
default_internal_user = {runs_as.pw_name}
default_internal_group = {_group_of(runs_as)}
default_login_user = {runs_as.pw_name}
first_valid_uid = 1
mail_location = maildir:{server.inbox}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={runs_as.pw_uid} gid={runs_as.pw_gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {server.port}
  }}
  inet_listener imaps {{
    port = {server.tls_port if certificate else 0}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
""",
        encoding="utf-8",
    )
    return settings


def _runs_as() -> pwd.struct_passwd:
    """Name whose mail it is: ours, or for root, who may have none there, nobody's."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def _group_of(user: pwd.struct_passwd) -> str:
    return grp.getgrgid(user.pw_gid).gr_name


def _give(path: Path) -> None:
    """Let the server's own user have a file."""
    if os.getuid() == 0:
        os.chown(path, _runs_as().pw_uid, _runs_as().pw_gid)


if __name__ == "__main__":
    if missing := missing_dovecot():
        sys.exit(missing)
