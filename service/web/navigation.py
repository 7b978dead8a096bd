"""The links at the top of staff pages, each only for who may follow it, with what is waiting there."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.actions.permissions import Permission, may
from service.actor import Actor
from service.storage.base import Db
from service.storage.tasks import TaskKind
from service.storage.waiting_work import waiting_work

#: Pages that "Set up" leads to, beside its own.
SET_UP_PAGES = ("/set-up", "/places", "/kinds", "/groups", "/people/import", "/kit")
#: Pages that "Requests" and "Sessions" lead to, beside their own.
REQUEST_PAGES = ("/suppliers", "/arrangements", "/access-budget", "/claims")
SESSION_PAGES = ("/rota", "/series")


@dataclass(frozen=True, slots=True)
class Link:
    """One link at the top."""

    href: str
    word: str
    count: int | None
    is_current: bool


async def staff_links(db: Db, actor: Actor, path: str) -> Sequence[Link]:
    """Give the links for this person, in their fixed order, with counts (one query)."""
    is_theirs = may(actor, Permission.ARRANGE)
    tasks, requests = await waiting_work(db, actor, with_requests=is_theirs)
    places: list[tuple[str, str, int | None, Permission]] = [
        ("/today", "Today", sum(tasks.values()), Permission.DO_TASKS),
        ("/sessions", "Sessions", None, Permission.SEE_MEETINGS),
    ]
    if may(actor, Permission.SEE_REQUESTS):
        waiting = requests if is_theirs else tasks.get(TaskKind.DECIDE)
        places.append(("/requests", "Requests", waiting, Permission.SEE_REQUESTS))
    places += [
        ("/calls", "Calls", tasks.get(TaskKind.RING, 0), Permission.KEEP_PEOPLE),
        ("/letters", "Letters", tasks.get(TaskKind.POST, 0), Permission.KEEP_PEOPLE),
        ("/people", "People", None, Permission.KEEP_PEOPLE),
        (
            "/safeguarding",
            "Safeguarding",
            tasks.get(TaskKind.SAFEGUARDING, 0) + tasks.get(TaskKind.OWN_DATA, 0),
            Permission.READ_SAFEGUARDING,
        ),
        ("/set-up", "Set up", None, Permission.SEE_SET_UP),
    ]
    return [
        Link(href, word, count, is_current=_is_in(href, path))
        for href, word, count, permission in places
        if may(actor, permission)
    ]


def _is_in(href: str, path: str) -> bool:
    """Say whether a page belongs to a link at the top."""
    is_set_up = any(path == page or path.startswith(f"{page}/") for page in SET_UP_PAGES)
    if is_set_up or href == "/set-up":
        return is_set_up and href == "/set-up"
    others = {"/sessions": SESSION_PAGES, "/requests": REQUEST_PAGES}.get(href, ())
    return any(path == page or path.startswith(f"{page}/") for page in (href, *others))
