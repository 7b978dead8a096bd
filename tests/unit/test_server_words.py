"""Servers and what they cost, in words."""

import pytest

from accessibility.costs import Estimate
from accessibility.money import pounds
from scheduling.online import Ability, ServerKind
from service.web.pages.servers.words import a_month, ability_options


@pytest.mark.parametrize(
    ("pence", "words"),
    [(0, "£0"), (560, "£5.60"), (800, "£8"), (5, "£0.05"), (123456, "£1,234.56")],
)
def test_money_is_written_as_people_write_it(pence: int, words: str) -> None:
    assert words == pounds(pence)


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(560, 800, 2000), "About £8 a month (£5.60 to £20)"),
        (Estimate(0, 8000, None), "About £80 a month, from £0 upwards"),
        (Estimate(600, 600, 600), "£6 a month"),
    ],
)
def test_a_month_is_told_with_how_sure_we_are(estimate: Estimate, words: str) -> None:
    assert words == a_month(estimate)


@pytest.mark.parametrize("kind", list(ServerKind))
def test_nothing_is_offered_that_a_kind_cannot_do(kind: ServerKind) -> None:
    offered = {Ability(each["value"]) for each in ability_options(kind)}

    assert kind.abilities == offered
    assert kind is not ServerKind.PLAIN or not offered
