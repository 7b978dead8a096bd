"""What time does by itself: each job looks at one organisation and does what is due there.

Every job runs in a transaction of its own, so that one that fails holds up no other. Doing a job again
at once does nothing, and doing it in two processes at the same moment does it once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from service.actions.asking import forget_old_askings
from service.actions.auditing import forget_old_lines, link_lines
from service.actions.dating import date_requests
from service.actions.erasing import Keepers, replay_erasures
from service.actions.feeds_keeping import keep_feeds
from service.actions.feeds_showing import Scribe
from service.actions.helping import end_needs_of_past_sessions
from service.actions.inviting import Issuer
from service.actions.joining import forget_practice
from service.actions.keeping_lines import keep_lines
from service.actions.lending.overdue import notice_late_kit
from service.actions.loose_ends import notice_idle
from service.actions.money.paying import chase_cash
from service.actions.needs import Sealer
from service.actions.phone_tables import seat_callers
from service.actions.receiving import forget_old_mails
from service.actions.reminding import remind
from service.actions.requests import begin_the_day
from service.actions.retaining import retain
from service.actions.rota.gaps import notice_gaps
from service.actions.series.asking_ahead import ask_ahead
from service.actions.series.making import make_more_dates
from service.actions.series.opening import open_windows
from service.actions.server_keys import drop_ended_keys
from service.actions.settling import KEPT, KEPT_OF_OTHERS, ask_who_came, settle_attendance
from service.actions.waiting import pass_on_places
from service.actions.watching_readers import notice_many_reads
from service.actions.watching_requests import watch_requests
from service.actions.zone_changes import keep_wall_clocks
from service.actor import Actor
from service.keys import Keys
from service.outbound.tray import PostTray
from service.storage.base import Db
from service.storage.organisations import Organisation, organisation_by_id
from service.storage.room_people import forget_events


@dataclass(frozen=True, slots=True)
class Tools:
    """What jobs need beside the database: the sealer of own words, the keys, our own address, the post tray."""

    sealer: Sealer
    keys: Keys = field(repr=False)
    public_url: str
    tray: PostTray

    def issuer(self, organisation: Organisation) -> Issuer:
        """Give what this organisation's invitations are made with."""
        return Issuer.of(self.keys, organisation.contact_email, self.public_url)


Job = Callable[[Db, Actor, Tools, datetime], Awaitable[int]]


async def _erase_again(db: Db, actor: Actor, tools: Tools, now: datetime) -> int:
    return await replay_erasures(db, actor, Keepers(tools.sealer, tools.tray), now=now)


async def _begin_the_day(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await begin_the_day(db, actor, now=now)


async def _date_requests(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await date_requests(db, actor, now=now)


async def _notice_idle(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await notice_idle(db, actor, now=now)


async def _watch_requests(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await watch_requests(db, actor, now=now)


async def _chase_cash(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await chase_cash(db, actor, now=now)


async def _notice_late_kit(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await notice_late_kit(db, actor, now=now)


async def _end_needs(db: Db, actor: Actor, tools: Tools, now: datetime) -> int:
    return await end_needs_of_past_sessions(db, actor, tools.sealer, now=now)


async def _remind(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await remind(db, actor, now=now)


async def _keep_lines(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await keep_lines(db, actor, now=now)


async def _seat_callers(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await seat_callers(db, actor, now=now)


async def _pass_on_places(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await pass_on_places(db, actor, now=now)


async def _keep_feeds(db: Db, actor: Actor, tools: Tools, now: datetime) -> int:
    return await keep_feeds(db, actor, Scribe(tools.keys, tools.public_url), now=now)


async def _notice_gaps(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await notice_gaps(db, actor, now=now)


async def _forget_mails(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await forget_old_mails(db, actor, now=now)


async def _forget_askings(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await forget_old_askings(db, actor, now=now)


async def _forget_practice(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await forget_practice(db, actor, now=now)


async def _make_dates(db: Db, actor: Actor, tools: Tools, now: datetime) -> int:
    organisation = await organisation_by_id(db, actor.organisation_id)
    return await make_more_dates(db, actor, tools.issuer(organisation), now=now)


async def _open_windows(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await open_windows(db, actor, now=now)


async def _ask_ahead(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await ask_ahead(db, actor, now=now)


async def _keep_wall_clocks(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await keep_wall_clocks(db, actor, now=now)


async def _drop_keys(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await drop_ended_keys(db, actor, now=now)


async def _settle_attendance(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await settle_attendance(db, actor, now=now)


async def _ask_who_came(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await ask_who_came(db, actor, now=now)


async def _notice_many_reads(db: Db, actor: Actor, _tools: Tools, now: datetime) -> int:
    return await notice_many_reads(db, actor, now=now)


async def _forget_audit(db: Db, actor: Actor, tools: Tools, now: datetime) -> int:
    return await forget_old_lines(db, actor, tools.keys, now=now)


async def _retain(db: Db, actor: Actor, tools: Tools, now: datetime) -> int:
    return await retain(db, actor, tools.tray, now=now)


async def _link_audit(db: Db, actor: Actor, tools: Tools, now: datetime) -> int:
    return await link_lines(db, actor, tools.keys, now=now)


async def _forget_room_events(db: Db, now: datetime) -> int:
    return await forget_events(db, of_ours=now - KEPT, of_others=now - KEPT_OF_OTHERS)


#: By name, in the order in which they run; each gives how many things it did.
JOBS: dict[str, Job] = {
    "erase-again": _erase_again,
    "begin-the-day": _begin_the_day,
    "end-needs": _end_needs,
    "date-requests": _date_requests,
    "idle-bookings": _notice_idle,
    "watch-requests": _watch_requests,
    "chase-cash": _chase_cash,
    "late-kit": _notice_late_kit,
    "keep-wall-clocks": _keep_wall_clocks,
    "make-dates": _make_dates,
    "keep-lines": _keep_lines,
    "seat-callers": _seat_callers,
    "open-windows": _open_windows,
    "ask-ahead": _ask_ahead,
    "pass-on-places": _pass_on_places,
    "remind": _remind,
    "notice-gaps": _notice_gaps,
    "keep-feeds": _keep_feeds,
    "settle-attendance": _settle_attendance,
    "ask-who-came": _ask_who_came,
    "forget-mails": _forget_mails,
    "forget-askings": _forget_askings,
    "forget-practice": _forget_practice,
    "drop-keys": _drop_keys,
    "many-reads": _notice_many_reads,
    "forget-audit": _forget_audit,
    "retain": _retain,
    "link-audit": _link_audit,
}

#: What belongs to the installation, and is done once each round, after the jobs of all organisations.
WHOLE_HOUSE_JOBS: dict[str, Callable[[Db, datetime], Awaitable[int]]] = {
    "forget-room-events": _forget_room_events,
}
