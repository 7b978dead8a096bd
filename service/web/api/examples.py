"""An example of each body, for the description. Tests hold that every one of them can be read."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from service.web.api.invitations import NewInvitations, NewReply
from service.web.api.kinds import ChangeKind, NewKind
from service.web.api.meeting_models import (
    AtVersion,
    Cancelling,
    ChangeMeeting,
    NewAnnouncement,
    NewMeeting,
)
from service.web.api.people_models import ChangePerson, NewPerson
from service.web.api.places import ChangePlace, NewPlace

SOME_ID = "01956f3a-7c1e-7000-8000-0123456789ab"

EXAMPLES: Mapping[type[BaseModel], dict[str, Any]] = {
    NewPerson: {
        "chosen_name": "Dilys",
        "channels": ["call", "letter"],
        "phone": "01632 960 123",
        "address": "4 Saggar Row\nBurslem",
        "print_size": 20,
        "usual_way": "phone",
    },
    ChangePerson: {"phone": "01632 960 124"},
    NewPlace: {
        "name": "Saggar Row Hall",
        "address": "Saggar Row, Burslem",
        "room_limit": 30,
        "facts": [{"word": "Step-free entrance", "is_so": True, "checked_on": "2026-03-02"}],
    },
    ChangePlace: {"is_closed": True},
    NewKind: {
        "code": "circle",
        "name": "Peer-support circle",
        "neutral_title": "Tuesday session",
        "minutes": 90,
        "offers": [{"way": "phone", "places": 4}, {"way": "online"}, {"way": "room", "places": 12}],
    },
    ChangeKind: {"minutes": 120, "is_public": True, "date_levels": {"ramadan": "block"}},
    NewMeeting: {
        "kind_id": SOME_ID,
        "starts_local": "2027-03-12T14:00",
        "lead_id": SOME_ID,
        "second_id": SOME_ID,
    },
    ChangeMeeting: {"version": 3, "starts_local": "2027-03-12T14:30"},
    AtVersion: {"version": 2},
    Cancelling: {"version": 4, "message": "The hall is flooded. We will find a new date."},
    NewAnnouncement: {"audience": "coming", "words": "Please bring something to draw with."},
    NewInvitations: {"people": [SOME_ID]},
    NewReply: {"answer": "yes", "way": "phone"},
}
