"""Days and times that nobody can mean, in every field for one: said kindly, never our fault."""

from tests.integration.attacks.ground import Ground
from tests.integration.attacks.test_forms import trouble, weight

ODD = (
    *("0001-01-01", "1970-12-31", "2199-12-31", "2999-12-31", "9999-12-31", "10000-01-01"),
    *("0001-01-01T00:00", "2199-12-31T23:59:59", "9999-12-31T23:59:59.999999", "10000-01-01T00:00"),
    *("2027-01-14T13:00+14:00", "2027-02-29", "24:00", "23:59:59.999999", "-1", "1e9"),
)
LEAST_FIELDS = 15
#: What reads a day from its address.
ASKING = ("which", "start", "month", "date", "day")


async def test_no_day_or_time_breaks_a_form(ground: Ground) -> None:
    forms = [form for form in await ground.forms() if form.days and not weight(form.action)]
    troubles: list[str] = []

    for form in forms:
        for name in dict.fromkeys(form.days):
            for typed in ODD:
                troubles += await trouble(ground, form, f"{name}={typed}", {name: typed})
        for typed in ODD:
            instead = dict.fromkeys(form.days, typed)
            troubles += await trouble(ground, form, f"all={typed}", instead)

    assert [] == troubles
    assert LEAST_FIELDS < sum(len(form.days) for form in forms)


async def test_no_day_in_an_address_breaks_a_page(ground: Ground) -> None:
    broken = []

    for route, visit in ground.looks():
        if not route.path.startswith(("/series", "/rota", "/sessions", "/places", "/dates")):
            continue
        for typed in ODD:
            browser = ground.browsers[visit.who]
            query = dict.fromkeys(ASKING, typed)
            response = await browser.client.get(
                visit.path, params=query, allow_redirects=False, headers=browser.headers
            )
            if response.status >= 500:
                broken.append((visit.path, typed, response.status))

    assert [] == broken
