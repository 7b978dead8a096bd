"""`manyways check` and `manyways config`: is everything as it should be, and what is set."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import typer
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from scheduling.online import KeyUse
from service.actions.carrying import Carriers
from service.actions.mailboxes import MailboxInUse, mailboxes_in_use
from service.actions.opened_servers import opens
from service.cli.checking_audit import chain_of_audit, guards_of_audit
from service.cli.checking_keys import erasures, keys_of_people
from service.cli.speaking import run, say_line, settings_in_words
from service.cli.trouble import Trouble
from service.config import Settings, describe, unknown_variables
from service.errors import ServiceError
from service.inbound.imap import MailboxTrouble, open_mailbox
from service.keys import Keys, load_keys
from service.outbound.channel import OutboundError
from service.outbound.jitsi import Silence, ask, asking
from service.outbound.mail_server import BadMailServer
from service.storage.database import Database
from service.storage.organisations import Organisation, all_organisations, check_keys
from service.storage.schema import check_version
from service.storage.servers import JitsiServer, all_servers

#: How long each check may take, and one that goes through everything: a million lines take half a minute.
CHECK_SECONDS = 10
LONG_SECONDS = 600
SILENCE = {
    Silence.NO_ANSWER: "cannot be reached",
    Silence.TIMED_OUT: "no answer in time",
    Silence.BAD_CERTIFICATE: "has a certificate that browsers do not trust",
}


def check() -> None:
    """Check database, schema, keys, mail and Jitsi: one line each; ends with 1 if anything is wrong."""
    settings = settings_in_words()
    checks = Checks(settings)
    run(checks.all())
    if checks.has_trouble:
        raise typer.Exit(1)


def config() -> None:
    """List every setting with its meaning, its value and where it comes from."""
    for row in describe(settings_in_words()):
        say_line(row.name)
        say_line(f"    {row.meaning}")
        say_line(f"    {row.value or 'not set'}  ({row.origin})")
    for line in unknown_variables():
        say_line(line)


@dataclass(slots=True)
class Checks:
    """Does the checks one after the other and prints a line for each."""

    settings: Settings
    has_trouble: bool = False
    organisations: list[Organisation] = field(default_factory=list)
    servers: list[JitsiServer] = field(default_factory=list)

    async def all(self) -> None:
        """Do every check; those that need the database are left out if it does not answer."""
        for line in unknown_variables():
            self._say("settings", line)
        async with _closing(Database(self.settings.database_url, pool_size=2)) as database:
            for name, do in (
                ("database", self._database),
                ("schema", self._schema),
                ("keys", self._keys),
            ):
                if not await self._check(name, partial(do, database)):
                    break
            keys = load_keys(self.settings.keys_folder)
            people = partial(keys_of_people, self.settings, database, keys)
            await self._check("people's keys", people, seconds=LONG_SECONDS)
            again = partial(erasures, self.settings, database, keys, self.organisations)
            await self._check("erasures", again, seconds=LONG_SECONDS)
            await self._audit(database)
            await self._mail()
            await self._mailboxes()
        await self._jitsi_servers()

    async def _check(
        self, name: str, do: Callable[[], Awaitable[str | None]], *, seconds: float = CHECK_SECONDS
    ) -> bool:
        """Do one check within its time; say how it went."""
        try:
            async with asyncio.timeout(seconds):
                found = await do()
        except TimeoutError:
            self._say(name, "no answer in time")
        except (Trouble, ServiceError, OutboundError) as trouble:
            self._say(name, str(trouble))
        except (SQLAlchemyError, OSError) as error:
            self._say(name, f"cannot be reached ({type(error).__name__})")
        else:
            say_line(f"ok       {name}{f': {found}' if found else ''}")
            return True
        return False

    def _say(self, name: str, trouble: str) -> None:
        say_line(f"TROUBLE  {name}: {trouble}")
        self.has_trouble = True

    async def _database(self, database: Database) -> None:
        async with database.reading() as db:
            await db.execute(text("SELECT 1"))

    async def _schema(self, database: Database) -> None:
        async with database.reading() as db:
            await check_version(db)
            self.organisations = list(await all_organisations(db))
            self.servers = list(await all_servers(db))

    async def _keys(self, database: Database) -> None:
        if not (self.settings.keys_folder / "link.key").exists():
            raise Trouble(f"there are none in {self.settings.keys_folder}")
        async with database.reading() as db:
            if not await check_keys(db, load_keys(self.settings.keys_folder).fingerprint):
                raise Trouble("the database does not know its keys: run 'manyways migrate'")

    async def _audit(self, database: Database) -> None:
        """See that the audit cannot be changed, and was not, in each organisation."""
        await self._check("audit's triggers", partial(guards_of_audit, database))
        keys = load_keys(self.settings.keys_folder)
        for each in self.organisations:
            do = partial(chain_of_audit, database, keys, each)
            await self._check(f"audit of {each.slug}", do, seconds=LONG_SECONDS)

    async def _mail(self) -> None:
        """Try the mail server of the installation, and each organisation's own."""
        carriers = Carriers(self.settings, load_keys(self.settings.keys_folder))
        try:
            tray = "" if self.settings.smtp_url else " (post tray: nothing leaves the house)"
            await self._check(f"mail{tray}", partial(_installation_mail, carriers))
            for each in self.organisations:
                if each.mail_server_sealed is not None:
                    do = partial(_organisation_mail, carriers, each)
                    await self._check(f"mail of {each.slug}", do)
        finally:
            await carriers.close()

    async def _mailboxes(self) -> None:
        """Try to sign in to the mailbox of the installation, and to each organisation's own."""
        keys = load_keys(self.settings.keys_folder)
        names = {each.id: f"mailbox of {each.slug}" for each in self.organisations}
        for each in mailboxes_in_use(self.organisations, self.settings, keys):
            name = names[each.house] if each.house else "mailbox"
            await self._check(name, partial(_mailbox, each))

    async def _jitsi_servers(self) -> None:
        """Try the Jitsi servers that are used: do their secrets open, and does anything answer there?"""
        used = [each for each in self.servers if not each.is_retired]
        if used:
            keys = load_keys(self.settings.keys_folder)
            for each in used:
                await self._check(f"Jitsi keys of {each.slug}", partial(_jitsi_keys, each, keys))
        for url in sorted({each.url for each in used}):
            await self._check(f"Jitsi at {url}", partial(_jitsi, url))


async def _installation_mail(carriers: Carriers) -> None:
    try:
        await carriers.of_installation().check()
    except BadMailServer as error:
        raise Trouble(error.reason) from error


async def _organisation_mail(carriers: Carriers, organisation: Organisation) -> None:
    await carriers.for_organisation(organisation).check()


async def _mailbox(where: MailboxInUse) -> None:
    try:
        async with open_mailbox(where.mailbox):
            return
    except MailboxTrouble as error:
        raise Trouble(error.reason) from error


async def _jitsi_keys(server: JitsiServer, keys: Keys) -> None:
    """See whether what is shared with a server can be opened, and people can be given tokens for it."""
    if not all(opens(key, keys) for key in server.keys):
        raise Trouble("they were sealed with other keys than there are now")
    uses = {key.use for key in server.keys if key.ends_at is None}
    if server.kind.takes_tokens and KeyUse.SIGNING not in uses:
        raise Trouble("there is none to make tokens with")


async def _jitsi(url: str) -> None:
    """See whether anything answers at the address; what it says is not looked at."""
    async with asking() as session:
        heard = await ask(session, url)
    if heard.silence is not None:
        raise Trouble(SILENCE[heard.silence])
    if heard.status >= web.HTTPInternalServerError.status_code:
        raise Trouble(f"answers with {heard.status}")


@asynccontextmanager
async def _closing(database: Database) -> AsyncGenerator[Database]:
    try:
        yield database
    finally:
        await database.close()
