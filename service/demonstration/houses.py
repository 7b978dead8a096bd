"""The organisations, and what the first one keeps: people with their needs, staff, groups, places, kinds."""

from datetime import timedelta

from accessibility.consent import ConsentChannel, Purpose
from accessibility.needs import read_need
from service.actions.consenting import give_consents
from service.actions.groups import join_group, make_group
from service.actions.helping import Told, record_needs
from service.actions.kinds import KindDetails, add_kind
from service.actions.people import PersonDetails, add_person, person_left
from service.actions.places import PlaceDetails, add_place
from service.actions.reminding import choose_reminders
from service.actions.signing_in import STANDING_FOR, make_request
from service.actions.staffing import Newcomer, invite_staff
from service.actor import Actor, system_actor
from service.demonstration.links import ROLES
from service.demonstration.rooms import build_servers
from service.demonstration.scenes import Character, demonstration
from service.demonstration.stage import Stage
from service.identifiers import new_id
from service.storage.organisations import Organisation
from service.storage.people import Person
from service.storage.places import PlaceFact
from service.vocabulary import vocabulary

#: How long before today the house was furnished.
LONG_AGO = timedelta(days=60)


async def build_houses(stage: Stage) -> None:
    """Make the organisations, and the servers on which they have their rooms."""
    for each in demonstration().organisations:
        house = Organisation(
            id=new_id(),
            slug=each.slug,
            name=each.name,
            contact_phone=each.phone,
            contact_email=each.email,
            dial_in_number=each.dial_in_number,
            created_at=stage.now - LONG_AGO,
        )
        stage.db.add(house)
        stage.houses[each.slug] = house
    await stage.db.flush()
    await build_servers(stage, now=stage.now - LONG_AGO)


async def bring_people(stage: Stage) -> None:
    """Bring in everybody, first those who work here, then what helps whom."""
    for each in demonstration().people:
        stage.people[each.id] = await _person(stage, stage.system, each)
        for slug in each.also_in:
            await _person(stage, system_actor(stage.houses[slug].id), each)
        if each.roles:
            await _employ(stage, stage.people[each.id], each)
    for each in demonstration().people:
        if each.needs:
            await _tell_needs(stage, each)


async def furnish(stage: Stage) -> None:
    """Set up groups, places and kinds."""
    db, actor, then = stage.db, stage.coordinator, stage.now - LONG_AGO
    for circle in demonstration().groups:
        group = await make_group(db, actor, circle.name, now=then)
        await join_group(
            db, actor, group.id, [stage.people[name].id for name in circle.people], now=then
        )
        stage.groups[circle.name] = group
    for venue in demonstration().places:
        facts = tuple(
            PlaceFact(
                fact.word,
                fact.is_so,
                fact.detail,
                (stage.now - timedelta(days=fact.checked_days_ago)).date(),
            )
            for fact in venue.facts
        )
        details = PlaceDetails(**venue.model_dump(exclude={"id", "facts"}), facts=facts)
        stage.places[venue.id] = await add_place(db, actor, details, now=stage.now)
    for sort in demonstration().kinds:
        what = KindDetails(code=sort.id, **sort.model_dump(exclude={"id"}))
        stage.kinds[sort.id] = await add_kind(db, actor, what, now=then)


async def _person(stage: Stage, actor: Actor, each: Character) -> Person:
    details = PersonDetails(
        chosen_name=each.name,
        reference=each.reference or each.id,
        **each.model_dump(
            exclude={
                "id",
                "name",
                "reference",
                "roles",
                "also_in",
                "needs",
                "reminders",
                "has_left",
            }
        ),
    )
    then = stage.now - LONG_AGO
    person = await add_person(stage.db, actor, details, now=then)
    if each.reminders is not None:
        await choose_reminders(stage.db, actor, person.id, each.reminders, now=then)
    if each.has_left:
        await person_left(stage.db, actor, person.id, now=then + timedelta(days=10))
    return person


async def _employ(stage: Stage, person: Person, each: Character) -> None:
    """Let somebody sign in; those whose links are printed get one that stays."""
    newcomer = Newcomer(each.name, each.email, each.roles)
    await invite_staff(stage.db, stage.system, newcomer, now=stage.now - LONG_AGO, writes=False)
    if _is_first_of_role(each):
        stage.db.add(
            make_request(stage.keys, person, now=stage.now, good_for=STANDING_FOR, is_standing=True)
        )


async def _tell_needs(stage: Stage, each: Character) -> None:
    """Write down what helps somebody, as told on the phone, with their leave."""
    person, then = stage.people[each.id], stage.now - timedelta(days=30)
    actor = stage.coordinator
    purposes = [Purpose.KEEP, Purpose.SHARE_ACTIONS]
    by_phone = ConsentChannel.PHONE
    await give_consents(stage.db, actor, person.id, purposes, channel=by_phone, now=then)
    needs = [read_need(vocabulary(), need.code, need.strength, need.params) for need in each.needs]
    told = Told(person.id, needs, channel=by_phone)
    await record_needs(stage.db, actor, stage.sealer, told, now=then)


def _is_first_of_role(each: Character) -> bool:
    """Tell whether somebody is the first in the file with a role whose link is printed."""
    role = each.roles[0]
    same = [other.id for other in demonstration().people if role in other.roles]
    return role in ROLES and each.id == same[0]
