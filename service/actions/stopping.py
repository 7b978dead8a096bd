"""The link in a reminder that stops reminders, and nothing else: it neither answers nor takes off a list.

The link names the person and proves itself, so that it needs no row of its own. It keeps working for as
long as somebody may find the mail.
"""

import hmac
from datetime import datetime
from uuid import UUID

from service.actions.reminding import choose_reminders
from service.actor import Actor, Door
from service.errors import NotFound
from service.keys import LINK_LETTERS, Keys, readable_link
from service.storage.base import Db
from service.storage.people import Person

#: What the link is made for; no other purpose gives the same letters.
PURPOSE = "stop-reminders"
_ID_LETTERS = 32


def stop_url(keys: Keys, person_id: UUID, public_url: str) -> str:
    """Give the address that stops a person's reminders: their row's name, and the proof that we gave it."""
    return f"{public_url.rstrip('/')}/stop/{person_id.hex}{_proof(keys, person_id)}"


def person_of_stop_link(keys: Keys, link: str) -> UUID:
    """Give whose reminders a link stops; raises NotFound for one that we never gave."""
    name, proof = link[:_ID_LETTERS], readable_link(link[_ID_LETTERS:])
    try:
        person_id = UUID(hex=name)
    except ValueError as error:
        raise NotFound from error
    if len(proof) != LINK_LETTERS or not hmac.compare_digest(proof, _proof(keys, person_id)):
        raise NotFound
    return person_id


async def actor_of_stop_link(db: Db, keys: Keys, link: str) -> Actor:
    """Give the person a link was made for as the one who acts; raises NotFound."""
    person = await db.get(Person, person_of_stop_link(keys, link))
    if person is None or person.left_at is not None:
        raise NotFound
    return Actor(person.organisation_id, Door.GUEST, person.id, person.chosen_name)


async def stop_reminders(db: Db, actor: Actor, *, now: datetime) -> None:
    """Send the person no more reminders. Doing it twice is harmless."""
    if actor.person_id is None:
        raise NotFound
    await choose_reminders(db, actor, actor.person_id, (), now=now)


def _proof(keys: Keys, person_id: UUID) -> str:
    return keys.link_for(PURPOSE, person_id, 1)
