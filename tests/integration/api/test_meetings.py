"""What programs do with meetings, and what they never see of them."""

import asyncio
from typing import Any

from accessibility.contact import KEEP_APART
from service.storage.tasks import Task
from service.web.routes.api import ENDPOINTS
from tests.integration.api.programs import NO_ID, House, Scene

READING = [each for each in ENDPOINTS if each.method == "GET"]


def plan_for(house: House) -> dict[str, object]:
    """Give a whole plan."""
    return {
        "kind_id": str(house.kind.id),
        "starts_local": "2027-02-12T14:00",
        "lead_id": str(house.lead.id),
        "second_id": str(house.second.id),
        "real_title": "Carers' circle",
    }


async def test_a_meeting_is_drafted_filled_published_changed_and_cancelled(scene: Scene) -> None:
    program, house = scene.program, scene.house

    made = await program.post("/meetings", plan_for(house))
    path = f"/meetings/{made.json['id']}"
    invited = await program.post(f"{path}/invitations", {"people": [str(house.guest.id)]})
    published = await program.post(f"{path}/publish", {"version": made.json["version"]})
    version = published.json["meeting"]["version"]
    changed = await program.patch(path, {"version": version, "starts_local": "2027-02-12T15:30"})
    told = await program.get(f"{path}/messages")
    cancelled = await program.post(
        f"{path}/cancel", {"version": changed.json["version"], "message": "The hall is flooded."}
    )

    assert (201, "draft", "Tuesday session") == (
        made.status,
        made.json["state"],
        made.json["title"],
    )
    assert "2027-02-12T14:00:00Z" == made.json["starts_at"]
    assert (201, "done") == (invited.status, invited.json["outcome"])
    assert (200, "done", "published") == (
        published.status,
        published.json["outcome"],
        published.json["meeting"]["state"],
    )
    assert "2027-02-12T15:30" == changed.json["starts_local"]
    assert [("invitation", str(house.guest.id))] == [
        (each["kind"], each["person_id"])
        for each in told.json["items"]
        if each["state"] == "waiting"
    ]
    assert (200, "cancelled") == (cancelled.status, cancelled.json["state"])
    assert cancelled.json == (await program.get(path)).json


async def test_what_a_new_meeting_is_not_given_its_kind_says(scene: Scene) -> None:
    made = await scene.program.post("/meetings", {"kind_id": str(scene.house.kind.id)})

    assert 201 == made.status
    assert (None, 120, "Tuesday session") == tuple(
        made.json[name] for name in ("starts_local", "minutes", "neutral_title")
    )
    assert [("phone", 4, 0), ("online", 12, 0)] == [
        (each["way"], each["places"], each["taken"]) for each in made.json["offers"]
    ]


async def test_publishing_is_refused_with_everything_to_put_right(scene: Scene) -> None:
    program, kind_id = scene.program, str(scene.house.kind.id)
    made = await program.post("/meetings", {"kind_id": kind_id, "offers": [{"way": "room"}]})
    path = f"/meetings/{made.json['id']}"

    answer = await program.post(f"{path}/publish", {"version": made.json["version"]})

    assert 422 == answer.status
    assert {
        "starts_local": "no-time",
        "no_remote_reason": "no-remote-way",
        "place_id": "no-place",
        "lead_id": "no-lead",
        "second_id": "no-second-facilitator",
    } == answer.fields
    assert "draft" == (await program.get(path)).json["state"]


IMPOSSIBLE: list[tuple[Any, ...]] = [
    (
        {"starts_local": "2027-03-28T01:30"},
        409,
        "skipped-time",
        {"starts_local": "skipped-time"},
    ),
    (
        {"starts_local": "2027-10-31T01:30"},
        409,
        "doubled-time",
        {"starts_local": "doubled-time"},
    ),
    (
        {"starts_local": "2020-01-01T10:00"},
        409,
        "starts-in-past",
        {"starts_local": "starts-in-past"},
    ),
    ({"starts_local": "2027-02-30T10:00"}, 422, "invalid", {"starts_local": "not-a-time"}),
    ({"starts_local": "2027-02-03T10:00Z"}, 422, "invalid", {"starts_local": "not-a-time"}),
    ({"lead_id": NO_ID}, 422, "invalid", {"lead_id": "not-a-choice"}),
    ({"offers": [{"way": "room"}] * 2}, 422, "invalid", {"offers": "given-twice"}),
    ({"minutes": 4}, 422, "invalid", {"minutes": "too-small"}),
]


async def test_a_plan_that_can_never_be_is_refused(scene: Scene) -> None:
    for given, status, code, fields in IMPOSSIBLE:
        answer = await scene.program.post(
            "/meetings", {"kind_id": str(scene.house.kind.id)} | given
        )

        assert (status, code, fields) == (answer.status, answer.code, answer.fields)


async def test_who_saw_an_older_version_changes_nothing(scene: Scene) -> None:
    program = scene.program
    for meeting, word in ((scene.house.draft, "publish"), (scene.house.meeting, "cancel")):
        path = f"/meetings/{meeting.id}"
        version = (await program.get(path)).json["version"]
        newer = await program.patch(path, {"version": version, "about": "Bring a cup."})
        assert 200 == newer.status

        stale = [
            await program.patch(path, {"version": version, "about": "Bring two."}),
            await program.post(f"{path}/{word}", {"version": version}),
        ]

        assert [(409, "conflict")] * 2 == [(each.status, each.code) for each in stale]
        assert newer.json == (await program.get(path)).json


async def test_a_change_that_leaves_somebody_out_must_be_agreed_to(scene: Scene) -> None:
    program, house = scene.program, scene.house
    reply = {"answer": "yes", "way": "phone"}
    assert 200 == (await program.put(f"/invitations/{house.invitation.id}/reply", reply)).status
    path = f"/meetings/{house.meeting.id}"
    change = {
        "version": (await program.get(path)).json["version"],
        "offers": [{"way": "online", "places": 12}],
    }

    refused = await program.patch(path, change)
    agreed = await program.patch(path, change | {"left_without": 1})

    assert (409, "agree-to-loss") == (refused.status, refused.code)
    assert (200, ["online"]) == (agreed.status, [each["way"] for each in agreed.json["offers"]])


async def test_a_draft_can_be_thrown_away_and_a_published_meeting_cannot(scene: Scene) -> None:
    thrown = await scene.program.delete(f"/meetings/{scene.house.draft.id}")
    kept = await scene.program.delete(f"/meetings/{scene.house.meeting.id}")

    assert (204, 409) == (thrown.status, kept.status)
    assert 404 == (await scene.program.get(f"/meetings/{scene.house.draft.id}")).status


async def test_meetings_are_listed_by_state_and_time(scene: Scene) -> None:
    draft, meeting = (str(each.id) for each in (scene.house.draft, scene.house.meeting))

    async def listed(**query: str) -> list[str]:
        return [
            each["id"] for each in (await scene.program.get("/meetings", **query)).json["items"]
        ]

    assert [draft, meeting] == await listed()
    assert [meeting] == await listed(state="published")
    assert [meeting] == await listed(starts_from="2027-01-28T00:00:00Z")
    assert [draft] == await listed(starts_before="2027-01-28T01:00:00+01:00")


async def test_nothing_that_opens_a_room_or_a_page_is_given_away(scene: Scene) -> None:
    house = scene.house
    async with scene.making() as make:
        link = make.link(house.invitation).rpartition("/")[2]

    texts = [
        (await scene.program.get(house.path(endpoint.path))).text
        for endpoint in READING
        for _ in range(2)
    ]
    texts.append((await scene.program.get(f"/meetings/{house.meeting.id}")).text)
    texts.append((await scene.program.get(f"/meetings/{house.meeting.id}/invitations")).text)

    for secret in (link, house.meeting.room_name, "4711", house.invitation.uid):
        assert not [text for text in texts if secret in text]


async def test_words_go_to_everybody_coming(scene: Scene) -> None:
    program, house = scene.program, scene.house
    path = f"/meetings/{house.meeting.id}/announcements"
    words = {"audience": "coming", "words": "Please bring a cup."}
    nobody = await program.post(path, words)
    await program.put(
        f"/invitations/{house.invitation.id}/reply", {"answer": "yes", "way": "phone"}
    )

    sent = await program.post(path, words)

    assert (409, "nobody-to-tell") == (nobody.status, nobody.code)
    assert (201, "Please bring a cup.") == (sent.status, sent.json["words"])


async def test_of_two_who_change_at_once_one_is_told_to_look_again(scene: Scene) -> None:
    for meeting in (scene.house.draft, scene.house.meeting):
        path = f"/meetings/{meeting.id}"
        changes = [{"version": 1, "about": f"Bring a cup, {number}."} for number in range(2)]

        answers = await asyncio.gather(*(scene.program.patch(path, each) for each in changes))

        assert [200, 409] == sorted(each.status for each in answers)
        kept = next(each for each in answers if each.status == 200)
        assert kept.json == (await scene.program.get(path)).json


async def test_a_list_that_somebody_must_look_at_waits_and_raises_a_task(scene: Scene) -> None:
    program, house = scene.program, scene.house
    await scene.give_need(house.guest, KEEP_APART)
    path = f"/meetings/{house.draft.id}"
    await program.post(f"{path}/invitations", {"people": [str(house.guest.id)]})

    answer = await program.post(f"{path}/publish", {"version": 1})
    more = await program.post(
        f"/meetings/{house.meeting.id}/invitations", {"people": [str(house.other.id)]}
    )

    assert (200, "waits", "draft") == (
        answer.status,
        answer.json["outcome"],
        answer.json["meeting"]["state"],
    )
    assert (201, "waits") == (more.status, more.json["outcome"])
    assert 2 == await scene.count(Task)
