"""What a person wrote, apart from what they answer to; and the answer in it, if there is one."""

import pytest

from scheduling.answers import Answer
from service.inbound.answers import answer_in
from service.inbound.words import own_words, text_of


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Yes", Answer.YES),
        ("yes I'll come", Answer.YES),
        ("Yes please, we’ll be there", Answer.YES),
        ("I am coming", Answer.YES),
        ("Happy to join", Answer.YES),
        ("See you there!", Answer.YES),
        ("See you on Tuesday.\nAda", Answer.YES),
        ("Looking forward to it", Answer.YES),
        ("OK thanks. I will be there", Answer.YES),
        ("Can't wait. I'll be there", Answer.YES),
        ("No", Answer.NO),
        ("No thank you", Answer.NO),
        ("sorry can't make it", Answer.NO),
        ("I won’t be able to come this week", Answer.NO),
        ("Unfortunately I cannot attend", Answer.NO),
        ("We have to cancel", Answer.NO),
        ("I'm not coming, sorry", Answer.NO),
        ("Apologies for absence", Answer.NO),
        ("Maybe", Answer.MAYBE),
        ("I might come", Answer.MAYBE),
        ("Not sure yet, I'll let you know", Answer.MAYBE),
        ("Yes, hopefully I can come", Answer.MAYBE),
        ("Thank you", None),
        ("Yes I can come unless my son is ill", None),
        ("Can I come?", None),
        ("I can't come on Tuesday. I'll come on Thursday", None),
        ("Could we do another day instead", None),
        ("Please ring me", None),
        ("", None),
        ("Yes. " + "And another thing about the last session. " * 20, None),
    ],
)
def test_short_words_give_an_answer_if_there_is_little_doubt(
    words: str, answer: Answer | None
) -> None:
    assert answer is answer_in(words)


@pytest.mark.parametrize(
    ("words", "own"),
    [
        ("Yes\n\nOn Tue, 12 Jan 2027 Hub <h@x> wrote:\n> Can you come?", "Yes"),
        ("Ja\n\nAm 12.01.2027 um 09:00 schrieb Hub:\n> Kommen Sie?", "Ja"),
        ("Oui\n\nLe mar. 12 janv. 2027 à 09:00, Hub <h@x> a écrit :\n> ?", "Oui"),
        ("Yes\n\n-----Original Message-----\nFrom: Hub", "Yes"),
        ("Yes\n________________________________\nFrom: Hub", "Yes"),
        ("Yes\n\nFrom: Hub <h@x>\nSent: Tuesday\nTo: Ada\n\nCan you come", "Yes"),
        ("Yes\n-- \nAda", "Yes"),
        ("Yes\nSent from my iPhone", "Yes"),
        ("> Can you come?\nYes\n> How?\nBy phone", "Yes\nBy phone"),
        ("From me: yes\nSee you", "From me: yes\nSee you"),
    ],
)
def test_what_is_answered_to_is_left_out(words: str, own: str) -> None:
    assert own == own_words(words)


@pytest.mark.parametrize(
    ("marked_up", "text"),
    [
        ("<p>Yes</p><p>Ada</p>", "Yes\n\nAda"),
        ("<style>p{}</style><script>x</script>Yes<br>Ada", "Yes\nAda"),
        ("Yes<!-- <p>No</p> --> &amp; thanks", "Yes & thanks"),
        ("Yes<!-- never ends", "Yes"),
        ('Yes<div class="gmail_quote">No</div>', "Yes"),
        ("Yes<blockquote>No</blockquote>Ada", "Yes\n\nAda"),
        ("<blockquote>Yes</blockquote>", "Yes"),
        ("a\n  b\tc", "a b c"),
        ("1 < 2 and <b>bold</b>", "1 < 2 and bold"),
        ("<" * 50_000, "<" * 50_000),
    ],
)
def test_html_is_read_without_its_marks(marked_up: str, text: str) -> None:
    assert text == text_of(marked_up)
