"""What programs do with invitations and replies, and what they see of messages."""

from service.storage.messages import Message
from tests.integration.api.programs import NO_ID, Scene


async def test_people_are_invited_answer_and_are_taken_off(scene: Scene) -> None:
    program, house = scene.program, scene.house
    path = f"/meetings/{house.meeting.id}/invitations"

    invited = await program.post(path, {"people": [str(house.other.id)]})
    listed = (await program.get(path, person_id=str(house.other.id))).json["items"]
    one = f"/invitations/{listed[0]['id']}"
    replied = await program.put(f"{one}/reply", {"answer": "yes", "way": "phone", "supporters": 0})
    full = await program.put(
        f"/invitations/{house.invitation.id}/reply", {"answer": "yes", "way": "phone"}
    )
    waiting = await program.put(
        f"/invitations/{house.invitation.id}/reply", {"answer": "waiting", "way": "phone"}
    )
    removed = await program.delete(one)
    left = (await program.get(path)).json["items"]

    assert (201, "done") == (invited.status, invited.json["outcome"])
    assert [("Dov", "unanswered")] == [(each["chosen_name"], each["answer"]) for each in listed]
    assert (200, "yes", "phone") == (replied.status, replied.json["answer"], replied.json["way"])
    assert (409, "way-full", {"way": "way-full"}) == (full.status, full.code, full.fields)
    assert (200, "waiting") == (waiting.status, waiting.json["answer"])
    assert (204, 404) == (removed.status, (await program.delete(one)).status)
    assert (await program.get(one)).json["removed_at"] is not None
    assert ["Cleo"] == [each["chosen_name"] for each in left]


async def test_people_of_a_draft_are_listed_without_being_told(scene: Scene) -> None:
    program, house = scene.program, scene.house
    path = f"/meetings/{house.draft.id}/invitations"
    before = await scene.count(Message)

    await program.post(path, {"everyone": True})
    listed = (await program.get(path)).json["items"]
    removed = await program.delete(f"/invitations/{listed[0]['id']}")

    assert {"Cleo", "Dov"} == {each["chosen_name"] for each in listed}
    assert 204 == removed.status
    assert 1 == len((await program.get(path)).json["items"])
    assert before == await scene.count(Message)


async def test_who_is_not_one_of_ours_cannot_be_invited(scene: Scene) -> None:
    async with scene.making() as make:
        elsewhere = await make.person(await make.organisation("Potteries Share"), "Ezra")
    path = f"/meetings/{scene.house.meeting.id}/invitations"

    for stranger in (str(elsewhere.id), NO_ID):
        answer = await scene.program.post(path, {"people": [str(scene.house.other.id), stranger]})
        assert (422, {"people": "not-a-choice"}) == (answer.status, answer.fields)

    assert 1 == len((await scene.program.get(path)).json["items"])


async def test_an_answer_must_be_one_and_by_a_way_that_is_offered(scene: Scene) -> None:
    path = f"/invitations/{scene.house.invitation.id}/reply"

    fields = [
        (await scene.program.put(path, body)).fields
        for body in (
            {"answer": "unanswered"},
            {"answer": "yes"},
            {"answer": "yes", "way": "room"},
            {"answer": "yes", "way": "phone", "supporters": 3},
        )
    ]

    assert [
        {"answer": "not-a-choice"},
        {"way": "choose-a-way"},
        {"way": "way-not-offered"},
        {"supporters": "too-big"},
    ] == fields


async def test_a_mail_servers_words_are_for_those_who_may_see_addresses(scene: Scene) -> None:
    path = f"/messages/{scene.house.message.id}"
    without = await scene.with_scopes("messages:read")

    seen, hidden = await scene.program.get(path), await without.get(path)

    assert ("failed", "550 5.1.1 <cleo@example.org>: user unknown") == (
        seen.json["state"],
        seen.json["trouble"],
    )
    assert ("failed", None) == (hidden.json["state"], hidden.json["trouble"])
    assert "cleo@example.org" not in hidden.text


async def test_chosen_names_are_all_that_invitations_tell_of_people(scene: Scene) -> None:
    program = await scene.with_scopes("invitations:read")

    answer = await program.get(f"/invitations/{scene.house.invitation.id}")

    assert "Cleo" == answer.json["chosen_name"]
    assert "example.org" not in answer.text
    assert "960123" not in answer.text


async def test_only_a_program_that_may_know_people_learns_who_waits(scene: Scene) -> None:
    house = scene.house
    one, listed = f"/invitations/{house.invitation.id}", f"/meetings/{house.meeting.id}/invitations"
    await scene.program.post(listed, {"people": [str(house.other.id)]})
    other = (await scene.program.get(listed, person_id=str(house.other.id))).json["items"][0]["id"]
    await scene.program.put(f"/invitations/{other}/reply", {"answer": "yes", "way": "phone"})
    await scene.program.put(f"{one}/reply", {"answer": "waiting", "way": "phone"})
    reader = await scene.with_scopes("invitations:read")
    knower = await scene.with_scopes("invitations:read", "people:read")

    names = [
        [each["chosen_name"] for each in (await program.get(listed)).json["items"]]
        for program in (reader, knower)
    ]

    assert [["Dov"], ["Cleo", "Dov"]] == names
    assert [404, 200] == [(await program.get(one)).status for program in (reader, knower)]
