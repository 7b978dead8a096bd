"""Facilitators are told what to do: with counts, without names, and never what is restricted."""

from accessibility.needs import Need, Strength
from accessibility.vocabulary import Vocabulary
from accessibility.wording import ASK_COORDINATOR, ActionLine, Guest, action_sheet, people_words
from scheduling.ways import Way

ALL_WAYS = tuple(Way)


def guest(*codes: str, way: Way | None = Way.ROOM, shares: bool = True) -> Guest:
    """Make somebody who comes with these needs."""
    return Guest(tuple(Need(code, Strength.MUST) for code in codes), way, shares)


def test_the_same_need_of_several_people_is_one_line_with_a_count(vocabulary: Vocabulary) -> None:
    guests = [guest("MOB-GUIDE"), guest("MOB-GUIDE", "COM-LOOP"), guest()]

    sheet = action_sheet(vocabulary, guests, ways=ALL_WAYS)

    assert (
        ActionLine("Switch the hearing loop on and test it with 1 person.", 1),
        ActionLine("Meet 2 people at the door, at the time shown, and show them the way in.", 2),
    ) == sheet.asked


def test_lines_of_every_session_stand_apart_and_count_who_asked(vocabulary: Vocabulary) -> None:
    asked = action_sheet(vocabulary, [guest("COM-TYPE")], ways=ALL_WAYS)
    silent = action_sheet(vocabulary, [], ways=ALL_WAYS)
    line = "Read typed messages out loud, each in its turn."

    assert () == asked.asked
    assert ActionLine(line, 1) in asked.baseline
    assert ActionLine(line, 0) in silent.baseline


def test_one_person_with_a_need_twice_is_one_person(vocabulary: Vocabulary) -> None:
    sheet = action_sheet(vocabulary, [guest("MOB-GUIDE", "MOB-GUIDE")], ways=ALL_WAYS)

    assert [1] == [line.people for line in sheet.asked]


def test_nothing_is_told_of_somebody_who_did_not_agree_to_share(vocabulary: Vocabulary) -> None:
    sheet = action_sheet(vocabulary, [guest("MOB-GUIDE", shares=False)], ways=ALL_WAYS)

    assert action_sheet(vocabulary, [], ways=ALL_WAYS) == sheet


def test_restricted_needs_leave_no_trace(vocabulary: Vocabulary) -> None:
    hidden = [guest("SAF-CONTACT", "SAF-APART")]

    sheet = action_sheet(vocabulary, hidden, ways=ALL_WAYS)

    assert action_sheet(vocabulary, [], ways=ALL_WAYS) == sheet
    assert ASK_COORDINATOR == sheet.ask_coordinator


def test_a_line_is_left_out_for_somebody_who_joins_another_way(vocabulary: Vocabulary) -> None:
    by_phone = action_sheet(vocabulary, [guest("MOB-GUIDE", way=Way.PHONE)], ways=ALL_WAYS)
    undecided = action_sheet(vocabulary, [guest("MOB-GUIDE", way=None)], ways=ALL_WAYS)

    assert () == by_phone.asked
    assert 1 == len(undecided.asked)


def test_a_session_by_phone_has_no_lines_about_the_door(vocabulary: Vocabulary) -> None:
    sheet = action_sheet(
        vocabulary, [guest("MOB-GUIDE", "MOB-STEPFREE", way=None)], ways=[Way.PHONE]
    )
    text = " ".join(line.text for line in sheet.baseline)

    assert () == sheet.asked
    assert "Greet the people on the phone first" in text
    assert "step-free" not in text


def test_no_line_of_any_need_keeps_a_mark_or_a_detail(vocabulary: Vocabulary) -> None:
    everything = tuple(
        Need(term.code, Strength.MUST, {param.name: "SECRET" for param in term.params})
        for term in vocabulary.terms
    )

    sheet = action_sheet(vocabulary, [Guest(everything, None, True)], ways=ALL_WAYS)

    text = " ".join(line.text for line in (*sheet.asked, *sheet.baseline))
    assert "SECRET" not in text
    assert "{" not in text


def test_people_are_counted_in_words() -> None:
    assert ["1 person", "3 people"] == [people_words(1), people_words(3)]
