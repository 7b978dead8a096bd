"""What programs do with people, places and kinds, and what they never see of people."""

from sqlalchemy import select

from accessibility.contact import SAFE_CONTACT
from service.actor import Door
from service.storage.audit import AuditLine
from service.storage.people import Person
from tests.integration.api.programs import (
    Scene,
)


async def test_a_person_is_added_found_changed_and_leaves(scene: Scene) -> None:
    program = scene.program
    given = {"chosen_name": "Zoë\u202e O'Hara", "email": "zoe@example.org", "channels": ["email"]}

    made = await program.post("/people", given)
    path = f"/people/{made.json['id']}"
    found = await program.get("/people", q="zoë")
    changed = await program.patch(path, {"phone": "01632 960199"})
    got = await program.get(path)
    left = await program.post(f"{path}/leave")
    gone = await program.get(path)

    assert (201, f"/api/v1{path}") == (made.status, made.headers["Location"])
    assert "Zoë O'Hara" == made.json["chosen_name"]
    assert [made.json] == found.json["items"]
    assert made.json | {"phone": "01632 960199"} == changed.json == got.json
    assert (204, "") == (left.status, left.text)
    assert 404 == gone.status


async def test_what_a_program_does_stands_in_the_audit(scene: Scene) -> None:
    made = await scene.program.post("/people", {"chosen_name": "Elin"})

    async with scene.making() as make:
        lines = (await make.db.scalars(select(AuditLine))).all()

    assert [(Door.PROGRAM, "person.added", made.json["id"])] == [
        (line.door, line.what, str(line.person_id)) for line in lines
    ]


async def test_how_to_reach_people_whom_only_a_human_may_reach_is_not_told(scene: Scene) -> None:
    await scene.give_need(scene.house.guest, SAFE_CONTACT)
    path = f"/people/{scene.house.guest.id}"

    seen = [
        (await scene.program.get(path)).json,
        (await scene.program.patch(path, {"language": "ur"})).json,
        (await scene.program.get("/people", q="cleo")).json["items"][0],
    ]

    for person in seen:
        assert "Cleo" == person["chosen_name"]
        assert {None} == {person[name] for name in ("channels", "email", "phone", "address")}
    async with scene.making() as make:
        kept = await make.db.get(Person, scene.house.guest.id)
        assert kept is not None
        assert ("cleo@example.org", "ur") == (kept.email, kept.language)


async def test_the_address_somebody_signs_in_with_is_not_a_programs_to_change(
    scene: Scene,
) -> None:
    answer = await scene.program.patch(f"/people/{scene.house.lead.id}", {"email": "x@example.org"})

    assert (409, "staff-email") == (answer.status, answer.code)
    assert {"email": "staff-email"} == answer.fields


async def test_a_place_is_added_changed_and_closed(scene: Scene) -> None:
    program = scene.program
    fact = {"word": "Step-free", "is_so": True, "detail": "", "checked_on": "2026-12-01"}

    made = await program.post("/places", {"name": "Bottle Kiln Yard", "facts": [fact]})
    path = f"/places/{made.json['id']}"
    changed = await program.patch(path, {"outdoor_limit": 40, "is_closed": True})
    got = await program.get(path)
    names = [[each["name"] for each in (await program.get("/places")).json["items"]]]
    names.append(
        [each["name"] for each in (await program.get("/places", closed_too="true")).json["items"]]
    )

    assert (201, [fact]) == (made.status, made.json["facts"])
    assert made.json | {"outdoor_limit": 40, "is_closed": True} == changed.json == got.json
    assert [["Saggar Row Hall"], ["Saggar Row Hall", "Bottle Kiln Yard"]] == names


async def test_a_fact_checked_tomorrow_is_refused_where_it_stands(scene: Scene) -> None:
    facts = [{"word": "Loop"}, {"word": "Lift", "checked_on": "2031-01-01"}]

    answer = await scene.program.post("/places", {"name": "Yard", "facts": facts})

    assert {"facts.1.checked_on": "in-the-future"} == answer.fields


async def test_a_kind_says_what_is_public_and_how_much_dates_matter(scene: Scene) -> None:
    program = scene.program
    kind = {"code": "walk", "name": "Walk", "neutral_title": "Friday session", "is_public": True}
    levels = {"darkness": "note", "feast": "block"}

    made = await program.post("/kinds", kind | {"offers": [{"way": "room"}], "date_levels": levels})
    path = f"/kinds/{made.json['id']}"
    meeting = await program.post("/meetings", {"kind_id": made.json["id"]})
    kept = await program.patch(path, {"name": "Long walk"})
    changed = await program.patch(path, {"is_public": False, "date_levels": {}})
    own = await program.patch(f"/meetings/{meeting.json['id']}", {"version": 1, "is_public": False})
    unknown = await program.patch(path, {"date_levels": {"doomsday": "block"}})

    assert (True, levels) == (kept.json["is_public"], kept.json["date_levels"])
    assert (False, {}) == (changed.json["is_public"], changed.json["date_levels"])
    assert (True, False) == (meeting.json["is_public"], own.json["is_public"])
    assert 422 == unknown.status


async def test_a_kind_is_added_changed_and_retired(scene: Scene) -> None:
    program = scene.program
    offers = [{"way": "phone", "places": 4}, {"way": "room", "places": None}]
    given = {"code": "walk", "name": "Walk", "neutral_title": "Friday session"}

    made = await program.post("/kinds", given | {"offers": offers})
    path = f"/kinds/{made.json['id']}"
    changed = await program.patch(path, {"minutes": 45.0, "is_retired": True})
    got = await program.get(path)
    shown = (await program.get("/kinds")).json["items"]
    taken = await program.post("/kinds", given | {"offers": offers})

    assert (201, offers) == (made.status, made.json["offers"])
    assert made.json | {"minutes": 45, "is_retired": True} == changed.json == got.json
    assert made.json["id"] not in [each["id"] for each in shown]
    assert (422, {"code": "taken"}) == (taken.status, taken.fields)
