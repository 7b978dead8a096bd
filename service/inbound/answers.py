"""An answer in a person's own words: only what leaves little doubt, and always for a human to confirm.

A short mail is read sentence by sentence. Whatever asks something, or says two things, is left to the reader.
"""

import re

from scheduling.answers import Answer

#: Longer mails say more than an answer.
LONGEST = 400

_NO = re.compile(
    r"\b(?:(?:can(?:no|['’]?)t|can not|won['’]?t|will not|unable to|not able to|couldn['’]?t|am not|['’]m not"
    r"|not going to) (?!wait)(?:\w+ ){0,3}?(?:make|come|coming|attend|join|be there|be able|manage|get there)"
    r"|(?:can['’]?t|cannot) (?:do (?:it|this|that)|this time|today|tomorrow)"
    r"|(?:i|we) (?:have to|must|need to) (?:cancel|decline|pull out|miss)|i['’]?ll (?:have to )?miss"
    r"|count me out|please cancel my|not (?:this time|for me)|apologies for (?:my )?absence|(?:i )?decline)\b",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"\b(?:maybe|perhaps|possibly|not (?:yet )?sure|might|tentative(?:ly)?"
    r"|hope(?:fully)?(?: i| to)? (?:can|come|make)"
    r"|(?:i['’]?ll|will) (?:try|let you know|see)|depends|don['’]?t know)\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"(?:^(?:yes|yes please|yep|yeah|yup|ok(?:ay)?|sure|of course|definitely|certainly|absolutely|great|lovely"
    r"|will do|thanks|thank you)\b(?!,? but)"
    r"|\b(?:i['’]?ll|i will|we['’]?ll|we will|i am|i['’]?m|we are|we['’]?re|am|happy to|i can|we can"
    r"|would love to|i['’]?d love to|can) (?:definitely |certainly |be able to |both )?(?:be )?"
    r"(?:come|coming|there|attend|attending|join|joining|make it|looking forward)\b"
    r"|\bsee (?:you|u|ya|you all) (?:there|then|all|on|soon|tomorrow)\b|\bcount me in\b|\blooking forward to\b"
    r"|^(?:i )?accept(?:ed)?\b)",
    re.IGNORECASE,
)
#: Said by itself this is politeness; beside an answer it changes nothing.
_POLITE = re.compile(
    r"^(?:thanks|thank you|great|lovely|ok(?:ay)?)\b[\w ,'’]{0,40}$", re.IGNORECASE
)
_BARE_NO = re.compile(r"^(?:no|nope|no thanks|no thank you|sorry,? no|no,? sorry)\b", re.IGNORECASE)
_UNLESS = re.compile(
    r"\b(?:unless|but only if|if i|if we|instead|another (?:day|time|date))\b", re.IGNORECASE
)


def answer_in(words: str) -> Answer | None:
    """Give what a person's own words answer; None if they say something else, or more, or both."""
    if not words or len(words) > LONGEST or "?" in words:
        return None
    sentences = [part.strip() for part in re.split(r"[.!\n;]+", words) if part.strip()]
    if any(map(_UNLESS.search, sentences)):
        return None
    if any(_NO.search(each) and _YES.search(each) for each in sentences):
        return None
    found = {answer for sentence in sentences if (answer := _said(sentence)) is not None}
    if len(found) == 1:
        return found.pop()
    return Answer.MAYBE if found == {Answer.MAYBE, Answer.YES} else None


def _said(sentence: str) -> Answer | None:
    if _NO.search(sentence) or _BARE_NO.match(sentence):
        return Answer.NO
    if _MAYBE.search(sentence):
        return Answer.MAYBE
    if _POLITE.match(sentence):
        return None
    return Answer.YES if _YES.search(sentence) else None
