"""What both pages about a session that is over need: the form, the choices, what was said before."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from accessibility.consent import ConsentChannel
from accessibility.disclosure import Field
from accessibility.needs import OWN_WORDS_LIMIT
from service.actions.after_session import Said, say_how_it_was
from service.storage.feedback import Feedback, TookPart
from service.storage.invitations import Invitation
from service.web.context import ACTOR, DB, NOW, SEALER
from service.web.pages.helping.who import who_sees
from service.web.pages.helping.whose import coordinator_name
from service.web.reading import Form, Lines, read_form
from service.web.words import say

#: How somebody can have told the desk, with the code of its words.
CHANNELS: Final = (ConsentChannel.PHONE, ConsentChannel.PAPER, ConsentChannel.HELPER)


class SaidForm(Form):
    """Whether somebody could take part, and more if they like."""

    answer: TookPart
    words: Lines = ""
    words_off: str = ""
    channel: ConsentChannel = ConsentChannel.WEB

    def said(self, channel: ConsentChannel) -> Said:
        """Give what was said, by this channel."""
        return Said(self.answer, self.words.strip(), self.words_off == "yes", channel)


async def keep(request: web.Request, invitation: Invitation, *, is_own: bool) -> None:
    """Keep what the form says; raises Invalid or Refused."""
    form = await read_form(request, SaidForm)
    said = form.said(ConsentChannel.WEB if is_own else form.channel)
    db, actor, sealer = request[DB], request[ACTOR], request.app[SEALER]
    await say_how_it_was(db, actor, sealer, invitation, said, now=request[NOW])


async def asking_facts(
    request: web.Request, invitation: Invitation, kept: Feedback | None
) -> Mapping[str, Any]:
    """Give what the question is asked with."""
    coordinator = await coordinator_name(request[DB], request[ACTOR], invitation.person)
    return {
        "answers": answers(),
        "answer": kept.answer.value if kept else "",
        "has_words": kept is not None and kept.has_words,
        "limit": OWN_WORDS_LIMIT,
        "who": who_sees(Field.OWN_WORDS, coordinator),
    }


def answers() -> Sequence[Mapping[str, str]]:
    """Give the three answers, each with a line."""
    return [
        {"value": each.value, "word": answer_words(each), "hint": say(f"after.{each}-hint")}
        for each in TookPart
    ]


def answer_words(answer: TookPart) -> str:
    """Give the word for an answer."""
    return say(f"after.{answer}")


def channels() -> Sequence[Mapping[str, str]]:
    """Give how the desk can have heard it."""
    return [{"value": each.value, "word": say(f"after.how.{each}")} for each in CHANNELS]
