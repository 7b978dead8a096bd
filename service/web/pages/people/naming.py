"""What tells people of the same name apart in a list."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from service.storage.people import Person


def second_names(people: Iterable[Person | None]) -> Mapping[UUID, str]:
    """Give, for those who share a chosen name in this list, their reference."""
    known = {person.id: person for person in people if person is not None}
    shared = Counter(person.name_key for person in known.values())
    return {
        person.id: said
        for person in known.values()
        if shared[person.name_key] > 1 and (said := person.reference)
    }


def named(person: Person, seconds: Mapping[UUID, str]) -> str:
    """Give the chosen name, with what tells it apart where somebody else here has it too."""
    second = seconds.get(person.id, "")
    return f"{person.chosen_name} ({second})" if second else person.chosen_name
