"""What an answer means for places and for asking again."""

from scheduling.answers import Answer


def test_only_a_yes_holds_a_place() -> None:
    assert [Answer.YES] == [answer for answer in Answer if answer.holds_place]


def test_only_a_no_rules_out_coming() -> None:
    assert [Answer.NO] == [answer for answer in Answer if not answer.may_come]


def test_all_answers_but_silence_are_given() -> None:
    assert [Answer.UNANSWERED] == [answer for answer in Answer if not answer.is_given]
