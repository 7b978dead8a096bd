"""The journey of saying what would help, one question a page, for the person or at the desk."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from accessibility.consent import ConsentChannel, Purpose
from service.actions.consenting import agreed
from service.actions.helping import Told, record_needs
from service.errors import Invalid, Refused
from service.storage.needs import consents_of
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, NOW, SEALER
from service.web.looking import note_shown
from service.web.pages.helping.asking import step_after, step_before, step_facts
from service.web.pages.helping.draft import (
    CHECK,
    GROUPS,
    Draft,
    check_step,
    draft_of,
    read_draft,
    told_needs,
)
from service.web.pages.helping.whose import (
    SOMEBODY,
    Whose,
    coordinator_name,
    day_words,
    fields_of,
    shown_needs,
)
from service.web.reading import typed
from service.web.words import say


async def begin(request: web.Request, whose: Whose) -> web.Response:
    """Show the first page, with what was told before already chosen."""
    needs = await shown_needs(request[DB], request[ACTOR], whose)
    if needs:
        note_shown(request, *fields_of(needs), person_id=whose.person.id)
    draft = draft_of([(need.code, need.strength, need.details) for need in needs])
    draft = replace(draft, channel=whose.channel)
    return await _show(request, whose, draft, GROUPS)


async def go_on(request: web.Request, whose: Whose) -> web.Response:
    """Take one page's answers and show the next; the last button saves everything."""
    form = await request.post()
    draft, at = read_draft(form), str(form.get("at", GROUPS))
    if whose.is_own:
        draft = replace(draft, channel=ConsentChannel.WEB)
    go, is_returning = str(form.get("go", "")), form.get("returning") == "yes"
    if go in draft.steps:
        return await _show(request, whose, draft, go, is_returning=at == CHECK)
    try:
        check_step(draft, at)
        if at == CHECK:
            return await _save(request, whose, draft)
    except (Invalid, Refused) as problem:
        return await _show(request, whose, draft, at, is_returning=is_returning, problem=problem)
    following = step_after(draft, at, is_returning=is_returning)
    return await _show(request, whose, draft, following, is_returning=is_returning)


async def _save(request: web.Request, whose: Whose, draft: Draft) -> web.Response:
    told = Told(whose.person.id, told_needs(draft), known=draft.known, channel=draft.channel)
    await record_needs(request[DB], request[ACTOR], request.app[SEALER], told, now=request[NOW])
    return see_other(whose.base, done="help-saved" if told.needs else "help-nothing")


def _named(coordinator: str) -> str:
    """Say who somebody is whom a person may know by name only."""
    return coordinator if coordinator == SOMEBODY else f"{coordinator} (coordinator)"


async def _show(
    request: web.Request,
    whose: Whose,
    draft: Draft,
    step: str,
    *,
    is_returning: bool = False,
    problem: Invalid | Refused | None = None,
) -> web.Response:
    db, actor = request[DB], request[ACTOR]
    coordinator = await coordinator_name(db, actor, whose.person)
    facts: dict[str, Any] = {
        **whose.facts,
        **step_facts(draft, step, _named(coordinator)),
        "before": step_before(draft, step),
        "is_returning": is_returning and step not in (GROUPS, CHECK),
    }
    if step == CHECK:
        holding = agreed(await consents_of(db, actor, whose.person.id), request[NOW])
        facts["shares"] = Purpose.SHARE_ACTIONS in holding
        facts["keeps"] = Purpose.KEEP in holding
        facts["day"] = day_words(whose.invitation) if whose.invitation else ""
    template = facts.pop("template")
    facts["title"] = say(f"help.title.{step.partition('-')[0]}")
    if problem is not None:
        return await again(request, template, problem, await typed(request), **facts)
    return await page(request, template, **facts)
