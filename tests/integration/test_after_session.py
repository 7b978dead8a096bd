"""Afterwards one question: could you take part as you wanted? The person's view decides."""

from datetime import timedelta

import pytest

from accessibility.requests import RequestState
from service.actions.composer import Composer, Overtaken
from service.actions.composing import compose
from service.parts import Parts
from service.storage.audit import AuditLine
from service.storage.feedback import Feedback, TookPart
from service.storage.messages import Message, MessageKind
from service.storage.needs import AccessRequest, RequestStep, SealedWords
from service.storage.tasks import Task, TaskKind, TaskState
from tests.integration.conftest import Browser, Making, OpenBrowser, TestClock
from tests.integration.help_scene import BSL, LANGUAGE, OWN_WORDS, Scene, lay_out
from tests.integration.test_service_times import came, change_eve, days_later, watch


@pytest.fixture
async def scene(making: Making, parts: Parts, clock: TestClock) -> Scene:
    """Lay out a session that is over, of a guest who had asked for two interpreters."""
    scene = await lay_out(making, parts, clock)
    await scene.tells(BSL, LANGUAGE)
    clock.move(timedelta(days=14, hours=3))
    return scene


@pytest.fixture
async def eve(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open Eve's browser; her link is all it needs."""
    return await open_browser()


@pytest.fixture
async def ben(scene: Scene, open_browser: OpenBrowser) -> Browser:
    """Open the browser of Eve's coordinator."""
    return await open_browser(scene.ben)


def own(scene: Scene) -> str:
    """Give the address of Eve's page."""
    return f"{scene.link}/after"


def desk(scene: Scene) -> str:
    """Give the address of the desk's page."""
    return f"/after/{scene.invitation.id}"


async def states(scene: Scene) -> dict[str, RequestState]:
    """Give where each request stands."""
    return {code: request.state for code, request in (await scene.requests()).items()}


async def apologies(scene: Scene) -> list[Task]:
    """Give the tasks to say sorry."""
    return [task for task in await scene.rows(Task) if task.about == "apology"]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("yes", RequestState.MET),
        ("partly", RequestState.PARTLY_MET),
        ("no", RequestState.NOT_DELIVERED),
    ],
)
async def test_one_answer_says_what_became_of_all_they_had_asked_for(
    said: str, state: RequestState, scene: Scene, eve: Browser
) -> None:
    await scene.put(BSL.code, RequestState.ON_THE_DAY)
    await scene.put(LANGUAGE.code, RequestState.CONFIRMED)

    response = await eve.post(own(scene), on=own(scene), answer=said)

    assert 303 == response.status
    [kept] = await scene.rows(Feedback)
    assert (TookPart(said), "web", None) == (kept.answer, kept.channel, kept.entered_by)
    assert {BSL.code: state, LANGUAGE.code: state} == await states(scene)
    assert (0 if said == "yes" else 1) == len(await apologies(scene))


async def test_the_page_says_what_they_said_and_lets_them_change_their_mind(
    scene: Scene, eve: Browser
) -> None:
    await scene.put(BSL.code, RequestState.ON_THE_DAY)
    await eve.post(own(scene), on=own(scene), answer="no")
    await eve.get(own(scene))
    assert "You told us: No." in eve.page
    assert "Somebody will be in touch within a working day" in eve.page

    await eve.post(own(scene), answer="yes")
    await eve.get(own(scene))

    assert "You told us: Yes." in eve.page
    [kept] = await scene.rows(Feedback)
    assert TookPart.YES is kept.answer
    assert RequestState.MET is (await scene.request()).state
    assert 1 == len(await apologies(scene))


async def test_what_they_said_of_one_thing_by_itself_stands(scene: Scene, eve: Browser) -> None:
    signs = await scene.put(BSL.code, RequestState.ON_THE_DAY)
    await scene.put(LANGUAGE.code, RequestState.ON_THE_DAY)
    await eve.post(f"{scene.help}/requests/{signs}/answer", on=scene.help, to="met")

    await eve.post(own(scene), on=own(scene), answer="partly")

    expected = {BSL.code: RequestState.MET, LANGUAGE.code: RequestState.PARTLY_MET}
    assert expected == await states(scene)


async def test_what_nobody_had_taken_on_gets_no_outcome_but_an_apology(
    scene: Scene, eve: Browser
) -> None:
    await eve.post(own(scene), on=own(scene), answer="no")

    assert {RequestState.SUBMITTED} == set((await states(scene)).values())
    [sorry] = await apologies(scene)
    assert (TaskKind.AFTER_SESSION, scene.eve.id) == (sorry.kind, sorry.person_id)


async def test_their_view_goes_before_the_facilitators(scene: Scene, eve: Browser) -> None:
    request_id = await scene.put(BSL.code, RequestState.MET)
    async with scene.doing() as db:
        db.add(
            RequestStep(
                organisation_id=scene.house.id,
                request_id=request_id,
                from_state=RequestState.ON_THE_DAY,
                to_state=RequestState.MET,
                actor_id=scene.ada.id,
                at=scene.now - timedelta(minutes=1),
                evidence={"by": "facilitator"},
            )
        )

    await eve.post(own(scene), on=own(scene), answer="no")

    assert RequestState.NOT_DELIVERED is (await scene.request()).state
    steps = [step.to_state for step in await scene.rows(RequestStep)]
    assert RequestState.MET in steps
    assert RequestState.NOT_DELIVERED in steps


async def test_own_words_are_sealed_and_never_shown_again(scene: Scene, eve: Browser) -> None:
    await eve.post(own(scene), on=own(scene), answer="partly", words=OWN_WORDS)
    await eve.get(own(scene))

    assert OWN_WORDS not in eve.page
    assert "You wrote something before" in eve.page
    [sealed] = [row for row in await scene.rows(SealedWords) if row.of_table == "feedback"]
    assert OWN_WORDS.encode() not in sealed.sealed
    assert not [line for line in await scene.rows(AuditLine) if OWN_WORDS in str(line.facts)]


async def test_words_stay_until_they_are_taken_off(scene: Scene, eve: Browser) -> None:
    await eve.post(own(scene), on=own(scene), answer="partly", words=OWN_WORDS)
    await eve.post(own(scene), answer="no")
    assert [True] == [kept.has_words for kept in await scene.rows(Feedback)]

    await eve.post(own(scene), answer="no", words_off="yes")

    assert [False] == [kept.has_words for kept in await scene.rows(Feedback)]
    assert [] == [row for row in await scene.rows(SealedWords) if row.of_table == "feedback"]


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"words": "As I like it"}, "Please choose an answer"),
        ({"answer": "perhaps", "words": "As I like it"}, "Please choose"),
        ({"answer": "yes", "words": "x" * 301}, "300 letters or fewer"),
    ],
)
async def test_what_cannot_be_kept_is_shown_again_and_changes_nothing(
    typed: dict[str, str], complaint: str, scene: Scene, eve: Browser
) -> None:
    response = await eve.post(own(scene), on=own(scene), **typed)

    assert 422 == response.status
    assert complaint in eve.page
    assert typed["words"] in eve.page
    assert [] == await scene.rows(Feedback)


async def test_before_it_is_over_there_is_nothing_to_say(scene: Scene, eve: Browser) -> None:
    scene.clock.move(-timedelta(days=1))

    assert 303 == (await eve.get(own(scene))).status
    assert 409 == (await eve.post(own(scene), on=scene.link, answer="yes")).status
    assert [] == await scene.rows(Feedback)


async def test_their_page_leads_to_the_question_once_it_is_over(scene: Scene, eve: Browser) -> None:
    await eve.get(scene.link)

    assert f'href="{own(scene)}"' in eve.page


async def test_the_desk_writes_down_what_somebody_said_and_the_task_is_done(
    scene: Scene, ben: Browser
) -> None:
    await change_eve(scene, channels=["call"])
    await came(scene)
    await days_later(scene, 2)
    [task] = [task for task in await scene.rows(Task) if task.about == "feedback_ask"]
    await ben.get(f"/tasks/{task.id}")
    assert f'href="{desk(scene)}"' in ben.page
    assert "Could you take part as you wanted?" in ben.page

    response = await ben.post(
        desk(scene), on=desk(scene), answer="partly", channel="phone", words="A bit"
    )

    assert 303 == response.status
    [kept] = await scene.rows(Feedback)
    assert ("phone", scene.ben.id, True) == (kept.channel, kept.entered_by, kept.has_words)
    tasks = {each.id: each for each in await scene.rows(Task)}
    assert (TaskState.DONE, scene.ben.id) == (tasks[task.id].state, tasks[task.id].done_by)


async def test_who_answers_on_their_page_is_not_rung_as_well(scene: Scene, eve: Browser) -> None:
    await change_eve(scene, channels=["call"])
    await came(scene)
    await days_later(scene, 2)

    await eve.post(own(scene), on=own(scene), answer="yes")
    await watch(scene)

    asked = [task for task in await scene.rows(Task) if task.about == "feedback_ask"]
    assert [TaskState.OVERTAKEN] == [task.state for task in asked]


async def test_their_words_open_for_their_coordinator_with_a_reason_that_is_kept(
    scene: Scene, eve: Browser, ben: Browser, open_browser: OpenBrowser
) -> None:
    await eve.post(own(scene), on=own(scene), answer="no", words=OWN_WORDS)
    await ben.get(desk(scene))
    assert OWN_WORDS not in ben.page
    words = f"{desk(scene)}/words"

    assert 422 == (await ben.post(words, on=words, reason="")).status
    await ben.post(words, reason="To put it right")

    assert OWN_WORDS in ben.page
    opened = [line for line in await scene.rows(AuditLine) if line.what == "words.opened"]
    assert ["To put it right"] == [line.facts["reason"] for line in opened]
    cover = await open_browser(scene.bo)
    assert 403 == (await cover.get(words)).status
    assert 403 == (await cover.post(words, on=desk(scene), reason="Curious")).status


async def test_who_may_not_answer_for_people_sees_and_changes_nothing(
    scene: Scene, open_browser: OpenBrowser
) -> None:
    for person, status in ((scene.ada, 403), (scene.cleo, 403), (scene.dov, 404)):
        browser = await open_browser(person)
        await browser.get("/today")
        assert status == (await browser.get(desk(scene))).status
        assert status == (await browser.post(desk(scene), answer="yes")).status
    nobody = await open_browser()
    assert "/sign-in" in (await nobody.get(desk(scene))).headers["Location"]
    assert [] == await scene.rows(Feedback)


async def test_the_mail_asks_in_neutral_words_and_not_who_has_answered(
    scene: Scene, eve: Browser
) -> None:
    await came(scene)
    await days_later(scene, 2)
    [ask] = [each for each in await scene.rows(Message) if each.kind is MessageKind.FEEDBACK_ASK]
    composer = Composer(scene.parts.keys, scene.parts.settings.public_url, "")
    async with scene.parts.database.reading() as db:
        letter = await compose(composer, db, ask, scene.now)
    assert "How was it for you?" in letter.subject
    assert "Could you take part as you wanted?" in letter.text
    assert own(scene) in letter.text
    assert "interpreter" not in letter.text

    await eve.post(own(scene), on=own(scene), answer="yes")

    async with scene.parts.database.reading() as db:
        with pytest.raises(Overtaken):
            await compose(composer, db, ask, scene.now)


async def test_the_receipt_says_by_when_a_person_answers_and_not_what_was_asked(
    making: Making, parts: Parts, clock: TestClock
) -> None:
    scene = await lay_out(making, parts, clock)
    await scene.tells(BSL)
    await watch(scene)
    receipts = await scene.rows(Message)
    [receipt] = [each for each in receipts if each.kind is MessageKind.REQUEST_RECEIPT]
    composer = Composer(parts.keys, parts.settings.public_url, "")

    async with parts.database.reading() as db:
        letter = await compose(composer, db, receipt, scene.now)

    assert "We have got what you told us." in letter.text
    assert "within 2 working days" in " ".join(letter.text.split())
    assert "sign" not in f"{letter.subject} {letter.text}".lower()
    await scene.put(BSL.code, RequestState.WITHDRAWN)
    async with parts.database.reading() as db:
        with pytest.raises(Overtaken):
            await compose(composer, db, receipt, scene.now)


async def test_a_check_afterwards_is_closed_with_its_outcome_only(
    scene: Scene, ben: Browser
) -> None:
    async with scene.doing() as db:
        request = await db.get_one(AccessRequest, (await scene.request()).id)
        request.code = "WEL-CHECKIN"
    await days_later(scene, 1)
    [check] = [task for task in await scene.rows(Task) if task.about == "check_in"]
    to = f"/tasks/{check.id}"
    await ben.get(to)
    assert "Ask Eve how they are" in ben.page
    assert "<textarea" not in ben.page

    assert 303 == (await ben.post(f"{to}/not-reached")).status
    later = {each.id: each for each in await scene.rows(Task)}[check.id]
    assert (1, scene.now + timedelta(days=1)) == (later.tries, later.due_at)
    assert 303 == (await ben.post(f"{to}/done", on=to, outcome="told")).status

    done = {each.id: each for each in await scene.rows(Task)}[check.id]
    assert (TaskState.DONE, "told") == (done.state, done.outcome)


async def test_once_it_is_over_nobody_is_asked_for_a_yes_any_more(
    scene: Scene, eve: Browser
) -> None:
    await scene.put(BSL.code, RequestState.CONFIRMED)
    await eve.get(scene.help)

    assert "No, this does not work for me" not in eve.page
    assert f'href="{own(scene)}"' in eve.page


async def test_a_receipt_is_posted_as_a_letter_of_its_own(
    making: Making, parts: Parts, clock: TestClock, open_browser: OpenBrowser
) -> None:
    scene = await lay_out(making, parts, clock)
    await change_eve(scene, channels=["letter"])
    await scene.tells(BSL)
    await watch(scene)
    [post] = [task for task in await scene.rows(Task) if task.about == "request_receipt"]
    ben = await open_browser(scene.ben)

    await ben.get(f"/letters/{post.id}")

    assert "We have got what you told us." in ben.page
    assert "interpreter" not in ben.page


async def test_the_desk_finds_the_question_for_who_rings_by_themselves(
    scene: Scene, ben: Browser
) -> None:
    await ben.get(f"/desk/{scene.invitation.id}")

    assert f'href="{desk(scene)}"' in ben.page
