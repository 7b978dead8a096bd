"""Lists, a page at a time."""

from tests.integration.api.programs import Scene


async def test_a_list_is_walked_to_its_end_without_gaps_or_repeats(scene: Scene) -> None:
    names = ["ash", "Ash", "Émile", "Zoë", "علي", "🌻 Fern"]
    for name in names:
        assert 201 == (await scene.program.post("/people", {"chosen_name": name})).status
    whole = [each["id"] for each in (await scene.program.get("/people")).json["items"]]

    walked, query = [], {"limit": "3"}
    while True:
        part = (await scene.program.get("/people", **query)).json
        walked += [each["id"] for each in part["items"]]
        if part["next"] is None:
            break
        query["cursor"] = part["next"]

    assert whole == walked
    assert len(names) + 4 == len(set(walked))


async def test_what_is_added_meanwhile_does_not_disturb_a_walk(scene: Scene) -> None:
    program = scene.program
    for number in range(3):
        await program.post("/places", {"name": f"Place {number}"})
    first = (await program.get("/places", limit="2")).json
    await program.post("/places", {"name": "A new place"})

    rest = (await program.get("/places", limit="100", cursor=first["next"])).json

    assert ["Saggar Row Hall", "Place 0", "Place 1", "Place 2", "A new place"] == [
        each["name"] for each in first["items"] + rest["items"]
    ]
    assert rest["next"] is None


async def test_a_cursor_is_good_for_its_own_list_only(scene: Scene) -> None:
    await scene.program.post("/places", {"name": "Yard"})
    cursor = (await scene.program.get("/places", limit="1")).json["next"]

    answers = [
        await scene.program.get("/kinds", cursor=cursor),
        await scene.program.get("/places", cursor=cursor[:-2]),
    ]

    assert [(400, "bad-cursor")] * 2 == [(each.status, each.code) for each in answers]


async def test_people_are_searched_by_what_can_be_in_a_name(scene: Scene) -> None:
    for words in ("cl%00eo", "%E2%80%AECLEO", "01632%20960123", "cleo@"):
        answer = await scene.program.send("GET", f"/people?q={words}")
        assert ["Cleo"] == [each["chosen_name"] for each in answer.json["items"]], words
