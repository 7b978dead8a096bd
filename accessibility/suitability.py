"""Whether a way of joining one meeting works for one person: yes, if something is arranged, or not.

The rules, with their source in `access.md`:

- Only musts decide. Of preferences it is said which cannot be had (1.3 rule 1).
- A way works if no must stands against it (1.2: "one offered way has no cannot among their must-haves").
- What must be arranged asks for notice in working days. Less than usual is late, less than the least that
  ever works is "cannot by then", with the reason TOO_LATE. Nothing is refused here: late requests are
  tried all the same, and a coordinator decides (section 2, and 7 step 2).
- What is known about the place settles a term there (1.2, "venue check under 12 months old"): known to be
  so, nothing is to arrange; known not to be so, it cannot be, unless equipment mends it; not known, never
  checked, or checked over 12 months ago, somebody must go and look, in time. See `resting`.
- What is arranged already for this meeting works, however little time is left; what the way or the place
  rules out stays so.
- What a director decided cannot be met for this meeting cannot be arranged; where nothing is to arrange, it
  works all the same.
- Supporters come along by the same way, so their musts count like the person's own (1.1 "covers carers and
  family too"), and each takes a seat.
- A need whose term is not in the vocabulary any more is looked at by a coordinator: never a silent no.

Clashes between people do not make a way unfit for anybody; `clashes` lists them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from accessibility.needs import Strength
from accessibility.place_words import PlaceWord
from accessibility.resting import RESTS, Equipment, Rest
from accessibility.slack import first_day_after, last_day_to_begin
from accessibility.terms import Fit, Term
from accessibility.verdicts import (
    Outcome,
    Profile,
    Reason,
    ReasonKind,
    Setting,
    ToArrange,
    Verdict,
)
from accessibility.vocabulary import Vocabulary
from scheduling.ways import Way

#: Notice for what the vocabulary does not know: as for "something that is not on this list".
UNKNOWN_LEAD: Final = 5
UNKNOWN_MIN_LEAD: Final = 1


@dataclass(frozen=True, slots=True)
class Look:
    """How one term stands in one setting, whoever asks for it."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    arrange: ToArrange | None = None


_WORKS = Look(Outcome.WORKS)


class Judge:
    """Gives verdicts for one setting; looks each term up once, however many people ask for it."""

    def __init__(self, vocabulary: Vocabulary, setting: Setting) -> None:
        self._vocabulary, self.setting = vocabulary, setting
        self._looks: dict[frozenset[Equipment], dict[str, Look]] = {}
        self._days: dict[int, date] = {}

    def verdict(self, profile: Profile) -> Verdict:
        """Say whether this way works for the person and those who come with them."""
        looks = self._looks.setdefault(profile.equipment, {})
        fit = Outcome.WORKS
        reasons: list[Reason] = []
        arrange: list[ToArrange] = []
        unmet: list[str] = []
        for need in profile.all_needs:
            look = looks.get(need.code)
            if look is None:
                look = looks[need.code] = self.look(need.code, profile.equipment)
            if look.arrange is not None and need.code in profile.ruled_out:
                look = Look(Outcome.CANNOT, (Reason(need.code, ReasonKind.RULED_OUT),))
            if look is _WORKS or (look.arrange is not None and need.code in profile.arranged):
                continue
            if need.strength is Strength.PREFER:
                if look.outcome is Outcome.CANNOT:
                    unmet.append(need.code)
                continue
            if fit is not Outcome.CANNOT:
                fit = look.outcome
            reasons.extend(look.reasons)
            if look.arrange is not None:
                arrange.append(look.arrange)
        return self._whole(fit, arrange, reasons, unmet)

    def look(self, code: str, own: frozenset[Equipment] = frozenset()) -> Look:
        """Say how a term stands here, for somebody who has that equipment of their own."""
        if code not in self._vocabulary:
            return self._in_time(
                (Reason(code, ReasonKind.UNKNOWN_TERM),), code, UNKNOWN_LEAD, UNKNOWN_MIN_LEAD
            )
        term = self._vocabulary.term(code)
        match term.ways[self.setting.way]:
            case Fit.NONE | Fit.AUTO:
                return _WORKS
            case Fit.CANNOT:
                return Look(Outcome.CANNOT, (Reason(code, ReasonKind.NOT_THIS_WAY),))
            case Fit.ARRANGE:
                return self._to_arrange(term, own)

    def _to_arrange(self, term: Term, own: frozenset[Equipment]) -> Look:
        way = self.setting.way
        rests = [rest for rest in RESTS.get(term.code, ()) if way in rest.ways]
        found = [kind for rest in rests if (kind := self._stands(rest, own))]
        reasons = tuple(Reason(term.code, kind, word) for kind, word in found)
        if any(reason.is_against for reason in reasons):
            return Look(Outcome.CANNOT, reasons)
        if rests and not reasons:
            return _WORKS
        reasons = reasons or (Reason(term.code, ReasonKind.TO_ARRANGE),)
        return self._in_time(reasons, term.code, term.lead_days, term.min_lead_days)

    def _in_time(
        self, reasons: tuple[Reason, ...], code: str, lead_days: int, min_lead_days: int
    ) -> Look:
        left = self.setting.left
        begin_on = self._begin_on(lead_days)
        arrange = ToArrange(code, lead_days, min_lead_days, begin_on, left < lead_days)
        if left < min_lead_days:
            return Look(Outcome.CANNOT, (Reason(code, ReasonKind.TOO_LATE),), arrange)
        return Look(Outcome.IF_ARRANGED, reasons, arrange)

    def _stands(
        self, rest: Rest, own: frozenset[Equipment]
    ) -> tuple[ReasonKind, PlaceWord | None] | None:
        """Say what is to do, or stands against it; None if this is as it should be."""
        offered, facts, today = self.setting.equipment, self.setting.facts, self.setting.today
        known = [facts[word].holds(today) if word in facts else None for word in rest.words]
        if any(known) or rest.settled_by & (own | offered) or rest.mended_by & own:
            return None
        word = min(rest.words, default=None)
        if None in known:
            return ReasonKind.TO_CHECK, word
        mended_at = any(facts[each].holds(today) for each in rest.mended_at if each in facts)
        if mended_at or rest.mended_by & offered:
            return ReasonKind.TO_BRING, word
        if not rest.is_needed:
            return ReasonKind.TO_ARRANGE, word
        return (ReasonKind.NOT_AT_PLACE if rest.words else ReasonKind.NOT_OFFERED), word

    def _whole(
        self, fit: Outcome, arrange: list[ToArrange], reasons: list[Reason], unmet: list[str]
    ) -> Verdict:
        """Put a verdict together; what two people ask for is said once."""
        return Verdict(
            fit,
            tuple(dict.fromkeys(arrange)),
            tuple(dict.fromkeys(reasons)),
            tuple(dict.fromkeys(unmet)),
            max((each.lead_days for each in arrange), default=None),
            min((each.begin_on for each in arrange), default=None),
        )

    def _begin_on(self, notice: int) -> date:
        if notice not in self._days:
            setting = self.setting
            self._days[notice] = last_day_to_begin(setting.day, notice, setting.holidays)
        return self._days[notice]


def verdict(vocabulary: Vocabulary, profile: Profile, setting: Setting) -> Verdict:
    """Say whether one way works for one person; for many people keep a `Judge` for each setting."""
    return Judge(vocabulary, setting).verdict(profile)


def ways_open(profile: Profile, judges: Iterable[Judge]) -> Mapping[Way, Verdict]:
    """Give the verdict on each way; each of the judges speaks for another."""
    return {judge.setting.way: judge.verdict(profile) for judge in judges}


@dataclass(frozen=True, slots=True)
class Readiness:
    """From which day on a meeting would leave time for all, and how many have no way however long it is.

    `notice` is in working days.
    """

    notice: int
    day: date
    without: int


def ready_from(
    people: Iterable[Mapping[Way, Verdict]], today: date, holidays: Collection[date] = frozenset()
) -> Readiness:
    """Find the earliest day by which everything could be arranged with its usual notice.

    Each person comes by whichever way asks for the least notice; the verdicts may be of any day, because
    of those only time stands against, the notice is known.
    """
    notice = without = 0
    for verdicts in people:
        open_ways = [each for each in verdicts.values() if each.is_open or each.is_only_late]
        if open_ways:
            notice = max(notice, min(each.begin_by or 0 for each in open_ways))
        else:
            without += 1
    return Readiness(notice, first_day_after(today, notice, holidays), without)
