"""Series as programs read them: what repeats, and the meetings made of it."""

from tests.integration.api.programs import Scene


async def test_a_series_is_given_with_its_rule_and_its_meetings(scene: Scene) -> None:
    series, meeting = scene.house.series, scene.house.meeting

    one = (await scene.program.get(f"/series/{series.id}")).json
    found = (await scene.program.get("/series")).json
    dates = (await scene.program.get(f"/series/{series.id}/meetings")).json

    assert [one] == found["items"]
    assert ("FREQ=MONTHLY;BYDAY=2TH", "2027-01-14T13:00", "running") == (
        one["rule"],
        one["starts_local"],
        one["state"],
    )
    assert ("Thursday session", "Helpers' circle") == (one["title"], one["real_title"])
    assert [{"way": "phone", "places": None}, {"way": "online", "places": 12}] == one["offers"]
    assert [(str(meeting.id), str(series.id), True)] == [
        (each["id"], each["series_id"], each["is_held"]) for each in dates["items"]
    ]


async def test_series_are_chosen_by_their_state(scene: Scene) -> None:
    running = (await scene.program.get("/series", state="running")).json
    drafts = (await scene.program.get("/series", state="draft")).json
    nonsense = await scene.program.get("/series", state="asleep")

    assert (1, 0) == (len(running["items"]), len(drafts["items"]))
    assert 422 == nonsense.status


async def test_a_program_of_another_house_finds_none_of_it(scene: Scene) -> None:
    other, series = await scene.of_another_house(), scene.house.series

    assert [] == (await other.get("/series")).json["items"]
    for path in (f"/series/{series.id}", f"/series/{series.id}/meetings", "/series/nonsense"):
        assert 404 == (await other.get(path)).status


async def test_reading_series_needs_the_scope_of_reading_meetings(scene: Scene) -> None:
    program = await scene.with_scopes("kinds:read")

    assert 403 == (await program.get("/series")).status
