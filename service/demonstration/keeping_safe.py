"""What keeps people safe in the demonstration: two who must not meet, and a note for the safeguarding lead."""

from collections.abc import Mapping
from datetime import timedelta

from service.actions.apart import keep_apart
from service.actions.safeguarding import Noted, write_note
from service.demonstration.stage import Stage
from service.storage.meetings import Meeting

#: Who must not meet whom, by short names.
APART = ("anon-k", "p-113")
#: Who writes a note, after which session.
WRITER, AFTER = "farzana", "evening-past"
NOTE = {
    "who": "A woman in the online room, called Pearl on the screen",
    "facts": "She stopped talking when somebody came into the room behind her, and left at once.",
    "words_used": "“I have to go, he is back.”",
    "action": "I rang the number we have the next morning. She said that all was well.",
}


async def keep_safe(stage: Stage, meetings: Mapping[str, Meeting]) -> None:
    """Write the pair down, and the note."""
    one, other = (stage.people[name] for name in APART)
    then = stage.now - timedelta(days=2)
    await keep_apart(stage.db, stage.coordinator, one.id, other.id, now=then)
    after = meetings.get(AFTER)
    noted = Noted(then, NOTE, after.id if after else None)
    await write_note(stage.db, stage.as_staff(WRITER), stage.sealer, noted, now=then)
