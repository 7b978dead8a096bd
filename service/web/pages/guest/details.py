"""A guest's own details, and a new link when somebody else may have seen theirs."""

from typing import Annotated, Any

from aiohttp import web

from service.actions.contact_details import LANGUAGES
from service.actions.link_again import renew_link
from service.actions.own_details import SHOWN, Details, change_own_details
from service.actions.reminding import choose_reminders
from service.errors import Invalid, Refused
from service.storage.guests import standing_of
from service.storage.invitations import Invitation
from service.storage.people import PRINT_SIZES, Channel, Person
from service.web.answers import again, page, see_other
from service.web.context import ACTOR, DB, KEYS, NOW
from service.web.pages.guest.opening import open_invitation, path_of
from service.web.pages.people.reminding import chosen_reminders, reminder_options
from service.web.reading import EmptyIsNone, Form, Line, read_form, typed

PAGE = "guest/details.html"
CHANNEL_WORDS = {
    Channel.EMAIL: "E-mail",
    Channel.TEXT: "Text message",
    Channel.CALL: "Phone call",
    Channel.LETTER: "Letter",
    Channel.THROUGH: "Through someone",
}
ChannelBox = Annotated[Channel | None, EmptyIsNone]


class DetailsForm(Form):
    """What a person may change about themselves."""

    chosen_name: Line
    email: Line = ""
    phone: Line = ""
    first: Channel
    second: ChannelBox = None
    third: ChannelBox = None
    print_size: int
    language: str
    reminders: tuple[int, ...] = ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Give the ways chosen, best first, without gaps."""
        chosen = (self.first, self.second, self.third)
        return tuple(channel for channel in chosen if channel is not None)


async def show(request: web.Request) -> web.Response:
    """Show the person's details, or whom to ring where they are not changed here."""
    invitation = open_invitation(request)
    standing = await standing_of(request[DB], request[ACTOR], invitation)
    if standing.is_safe_contact:
        return await page(
            request, "guest/ring_us.html", title="Your details", base=path_of(request)
        )
    return await page(request, PAGE, **_facts(request, invitation))


async def change(request: web.Request) -> web.Response:
    """Change the person's details."""
    invitation = open_invitation(request)
    try:
        form = await read_form(request, DetailsForm)
        details = Details(
            chosen_name=form.chosen_name,
            email=form.email,
            phone=form.phone,
            channels=form.channels,
            print_size=form.print_size,
            language=form.language,
        )
        await change_own_details(request[DB], request[ACTOR], details, now=request[NOW])
        await choose_reminders(
            request[DB],
            request[ACTOR],
            invitation.person_id,
            form.reminders,
            now=request[NOW],
        )
    except (Invalid, Refused) as problem:
        if isinstance(problem, Refused) and problem.reason == "ring-to-change":
            return see_other(path_of(request, "details"))
        facts = _facts(request, invitation)
        return await again(request, PAGE, problem, await typed(request), **facts)
    return see_other(path_of(request), done="details-changed")


async def new_link(request: web.Request) -> web.Response:
    """Make the link anew and go on to it; the old one opens nothing from now on."""
    invitation = open_invitation(request)
    link = await renew_link(
        request[DB], request[ACTOR], request.app[KEYS], invitation, now=request[NOW]
    )
    return see_other(f"/i/{link}", done="new-link")


def _facts(request: web.Request, invitation: Invitation) -> dict[str, Any]:
    person = invitation.person
    chosen = [*person.channels[:SHOWN], *[""] * SHOWN][:SHOWN]
    return {
        "title": "Your details",
        "base": path_of(request),
        "person": person,
        "channels": _channel_options(person),
        "chosen": chosen,
        "sizes": [{"value": str(size), "word": f"{size} point"} for size in PRINT_SIZES],
        "languages": _language_options(person),
        "print_size": person.print_size,
        "times": reminder_options(),
        "reminders": chosen_reminders(person),
    }


def _channel_options(person: Person) -> list[dict[str, str]]:
    """List the ways that can be chosen: letters and helpers only where we know where to."""
    missing = set()
    if not person.address:
        missing.add(Channel.LETTER)
    if not person.through_contact:
        missing.add(Channel.THROUGH)
    return [
        {"value": channel.value, "word": word}
        for channel, word in CHANNEL_WORDS.items()
        if channel not in missing
    ]


def _language_options(person: Person) -> list[dict[str, str]]:
    known = {**LANGUAGES, person.language: LANGUAGES.get(person.language, person.language)}
    return [{"value": code, "word": word} for code, word in known.items()]
