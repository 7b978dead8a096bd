"""The texts of an organisation, as they are until it writes its own: three that every page links to, and where
to post things to it."""

from enum import StrEnum


class Text(StrEnum):
    """Which text; the value is also its name in addresses."""

    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    COMPLAINTS = "complaints"
    POST = "post"


TITLES: dict[Text, str] = {
    Text.PRIVACY: "Privacy notice",
    Text.ACCESSIBILITY: "Accessibility",
    Text.COMPLAINTS: "How to complain",
    Text.POST: "Our postal address",
}

#: Paragraphs are parted by an empty line. {name} and {phone} are the organisation's.
USUAL: dict[Text, str] = {
    Text.PRIVACY: """\
We keep what we need to invite you and to help you take part: the name you like to be called, how to \
reach you, which sessions you were asked to, your answers, and what you told us would help.

We use what helps you only if you agreed. You can take that back at any time, on your page or by \
ringing us. You keep your place whatever you decide.

People who host a session see what to do, never why. What you wrote in your own words is locked. \
Someone here can open it only to arrange things for you, must say why, and it is written down who did.

We never sell or pass on what you tell us. We tell somebody else only if you agreed, or if someone may \
be in danger.

Your page works with a link of your own. Keep it to yourself. If someone else may have seen it, ask us \
for a new one and the old one stops working.

You can ask to see, correct or remove what we hold. Ring {name} on {phone}. If you are not happy \
with our answer you can ask the Information Commissioner's Office for help.""",
    Text.ACCESSIBILITY: """\
We want everyone to be able to take part, whichever way they join. These pages aim to meet the Web \
Content Accessibility Guidelines 2.2 at level AA. They work with a keyboard, with a screen reader, \
with large text, on a small phone, and without scripts.

You never need the internet to take part. You can do everything on these pages by phone or by letter.

The online room is run with a program called Jitsi. Some parts of it are hard to use with a screen \
reader. You can always join by phone where a session offers it.

If something does not work for you, please ring {name} on {phone}. Tell us what you were trying to \
do. We will help you there and then, and mend it.""",
    Text.COMPLAINTS: """\
If we got something wrong, please tell us. You can ring {name} on {phone}, write to us, or ask \
somebody to do it for you. It will not affect your place in any session.

We will tell you within 2 working days that we have it, and who is looking into it. We will answer \
within 20 working days.

If you are still not happy, you can ask for a director to look at it again.""",
    Text.POST: """\
Ring {name} on {phone}. We tell you where to send it, or fetch it from you.""",
}


def paragraphs(text: Text, own: str, *, name: str, phone: str) -> list[str]:
    """Give the paragraphs of the organisation's own text, or of the usual one with its name and number."""
    filled = own or USUAL[text].format(name=name, phone=phone or "the number you have for us")
    return [part.strip() for part in filled.split("\n\n") if part.strip()]
