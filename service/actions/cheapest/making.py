"""The problem of one draft or session: what could be opened, who could join where, and what each costs.

Everything here is worked out from what was loaded; it runs outside the event loop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accessibility.arranging.problem import Opening, Option, Person, Problem, Shared
from accessibility.clashes import clashes
from accessibility.costs import Costs, Estimate
from accessibility.needs import Strength
from accessibility.pricing import For, Line, mixing_line, term_line, way_lines
from accessibility.slack import first_day_after
from accessibility.suitability import Judge
from accessibility.verdicts import Profile, Verdict
from scheduling.ways import EASE, REMOTE_WAYS, Way
from service.actions.impact.loading import Ground, judges_of, profile_of
from service.actions.plans import Around
from service.storage.places import Place
from service.storage.profiles import InvitedRow
from service.vocabulary import vocabulary


@dataclass(frozen=True, slots=True)
class Scene:
    """What was loaded: the days looked at, each with the time it would begin, places, people and prices."""

    starts: Sequence[datetime]
    length: timedelta
    limits: dict[Way, int | None]
    places: Sequence[Place]
    rows: Sequence[InvitedRow]
    ground: Ground
    costs: Costs

    @property
    def heads(self) -> int:
        """Count the people, with those who come along."""
        return sum(1 + row.supporters for row in self.rows)


@dataclass(frozen=True, slots=True)
class OpenAt:
    """What stands behind an opening: which way on which day, in which place, and what opening it costs."""

    day: date
    way: Way
    place: Place | None
    lines: Sequence[Line]


@dataclass(slots=True)
class Made:
    """The problem, and what its identifiers stand for.

    `shared` gives the line of each shared thing; `own` what one person costs by one opening.
    """

    openings: dict[str, OpenAt] = field(default_factory=dict)
    shared: dict[str, Line] = field(default_factory=dict)
    own: dict[tuple[str, str], Sequence[Line]] = field(default_factory=dict)


def make_problem(scene: Scene) -> tuple[Problem, Made]:
    """Give the problem for the rules to solve, and what stands behind it."""
    made = Made()
    openings, options = list[Opening](), dict[str, list[Option]]()
    for starts_at in scene.starts:
        day = starts_at.date()
        profiles = [profile_of(row, scene.ground, day) for row in scene.rows]
        for judge, place in _judges(scene, day):
            way = judge.setting.way
            id_ = f"{starts_at.isoformat()} {way} {place.id if place else ''}"
            made.openings[id_] = OpenAt(day, way, place, way_lines(scene.costs, way, scene.length))
            comers = list[Profile]()
            for row, profile in zip(scene.rows, profiles, strict=True):
                verdict = judge.verdict(profile)
                if verdict.is_open:
                    comers.append(profile)
                    option = _option(scene, made, row, verdict, id_)
                    options.setdefault(str(row.person_id), []).append(option)
            openings.append(_opening(id_, starts_at, made.openings[id_], scene, comers))
    people = tuple(_person(scene, row, options.get(str(row.person_id), [])) for row in scene.rows)
    shared = tuple(Shared(id_, line.cost) for id_, line in made.shared.items())
    problem = Problem(tuple(openings), shared, people, mixing_line(scene.costs).cost)
    return problem, made


def _judges(scene: Scene, day: date) -> Iterator[tuple[Judge, Place | None]]:
    """Give a judge for everything that could be opened on a day, with its place."""
    nowhere = Around(None, None, None, None)
    yield from ((judge, None) for judge in judges_of(REMOTE_WAYS, nowhere, scene.ground, day))
    for place in scene.places:
        there = Around(place, place, None, None)
        for judge in judges_of(_ways_at(place), there, scene.ground, day):
            yield judge, place


def _ways_at(place: Place) -> list[Way]:
    """Say what a place is for: a place with one limit only is for that way only."""
    is_room = place.room_limit is not None or not place.outdoor_limit
    is_outdoors = place.outdoor_limit is not None or not place.room_limit
    return [way for way, fits in ((Way.ROOM, is_room), (Way.OUTDOORS, is_outdoors)) if fits]


def _opening(
    id_: str, starts_at: datetime, at: OpenAt, scene: Scene, comers: Sequence[Profile]
) -> Opening:
    place = at.place
    own = {Way.ROOM: place.room_limit, Way.OUTDOORS: place.outdoor_limit} if place else scene.limits
    return Opening(
        id=id_,
        starts_at=starts_at,
        way=at.way,
        fixed=sum((line.cost for line in at.lines), Estimate()),
        place=str(place.id) if place else "",
        seats=own.get(at.way),
        clashes=len(clashes(vocabulary(), comers, {at.way})),
    )


def _option(scene: Scene, made: Made, row: InvitedRow, verdict: Verdict, opening: str) -> Option:
    needs, lines = set[str](), list[Line]()
    sorts = {need.code: need.sort for need in row.needs}
    for item in verdict.arrange:
        found = term_line(scene.costs, item.code, scene.length, scene.heads)
        if found is None:
            continue
        line, paid = found
        if paid is For.EACH:
            lines.append(line)
        else:
            id_ = f"{item.code} {sorts.get(item.code, '')}".strip()
            made.shared[id_] = line
            needs.add(id_)
    made.own[str(row.person_id), opening] = lines
    own = sum((line.cost for line in lines), Estimate())
    return Option(opening, frozenset(needs), own, _liked(row, verdict, made.openings[opening].way))


def _liked(row: InvitedRow, verdict: Verdict, way: Way) -> int:
    """Count the preferences that are met; the way they chose themselves is one."""
    preferred = sum(need.strength is Strength.PREFER for need in row.needs)
    return preferred - len(verdict.preferences_unmet) + (row.way is way)


def _person(scene: Scene, row: InvitedRow, options: Sequence[Option]) -> Person:
    """Give a person with their options; of who has none, also what else would be open to them."""
    day = scene.starts[0].date()
    profile = profile_of(row, scene.ground, day)
    seats = max(profile.seats(way) for way in Way)
    if options:
        return Person(str(row.person_id), tuple(options), seats)
    offered = {judge.setting.way for judge, _ in _judges(scene, day)}
    nowhere = Around(None, None, None, None)
    others = {
        judge.setting.way: judge.verdict(profile)
        for judge in judges_of(set(Way) - offered, nowhere, scene.ground, day)
    }
    return Person(
        str(row.person_id),
        (),
        seats,
        frozenset(way for way in EASE if way in others and others[way].is_open),
        _later(scene, profile, day),
    )


def _later(scene: Scene, profile: Profile, day: date) -> date | None:
    """Give the first day by which there would be time, if nothing but time is against some way."""
    verdicts = [judge.verdict(profile) for judge, _ in _judges(scene, day)]
    notices = [each.begin_by or 0 for each in verdicts if each.is_only_late]
    if not notices:
        return None
    return first_day_after(scene.ground.today, min(notices), scene.ground.holidays)
