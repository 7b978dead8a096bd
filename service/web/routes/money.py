"""Money, kit, and that somebody was ill: the person's own pages, the desk, coordinators, hosts."""

from aiohttp.typedefs import Handler

from service.actions.permissions import Permission
from service.web.entry import GUEST, Guard, Route, staff
from service.web.pages.lending import keeping, lending
from service.web.pages.meetings import illness
from service.web.pages.money import caps, cash, claims, deciding, desk, own
from service.web.pages.money.fields import LARGEST_FORM

OWN = "/i/{link}/money"
DESK = "/desk/{id}/money"
CLAIM = "/claims/{id}"
KIT = "/kit/{id}"

ANSWERS_FOR = staff(Permission.ANSWER_FOR)
CLAIMS = staff(Permission.KEEP_CLAIMS)
CASH = staff(Permission.SEE_CASH_LIST)
LENDS = staff(Permission.KEEP_KIT)
ILL = staff(Permission.TELL_OF_ILLNESS)
ADMIN = staff(Permission.SET_UP)


def _with_receipt(path: str, handler: Handler, guard: Guard, name: str) -> Route:
    return Route("POST", path, handler, guard, name, takes_file=True, largest=LARGEST_FORM)


ROUTES: tuple[Route, ...] = (
    Route("GET", OWN, own.overview, GUEST, "money"),
    Route("GET", f"{OWN}/ask/{{kind}}", own.ask, GUEST, "money-ask"),
    _with_receipt(f"{OWN}/ask/{{kind}}", own.asked, GUEST, "money-asked"),
    Route("POST", f"{OWN}/{{claim}}/back", own.back, GUEST, "money-back"),
    _with_receipt(f"{OWN}/{{claim}}/receipt", own.receipt, GUEST, "money-receipt"),
    Route("GET", DESK, desk.overview, ANSWERS_FOR, "desk-money"),
    Route("GET", f"{DESK}/ask/{{kind}}", desk.ask, ANSWERS_FOR, "desk-money-ask"),
    _with_receipt(f"{DESK}/ask/{{kind}}", desk.asked, ANSWERS_FOR, "desk-money-asked"),
    Route("POST", f"{DESK}/{{claim}}/back", desk.back, ANSWERS_FOR, "desk-money-back"),
    _with_receipt(f"{DESK}/{{claim}}/receipt", desk.receipt, ANSWERS_FOR, "desk-money-receipt"),
    Route("GET", "/claims", claims.listing, CLAIMS, "claims"),
    Route("GET", CLAIM, claims.one, CLAIMS, "claim"),
    Route("POST", f"{CLAIM}/agree", deciding.agree, CLAIMS, "claim-agree"),
    Route("POST", f"{CLAIM}/refuse", deciding.refuse, CLAIMS, "claim-refuse"),
    Route("POST", f"{CLAIM}/paid", deciding.paid, CLAIMS, "claim-paid"),
    Route("POST", f"{CLAIM}/not-paid", deciding.unpaid, CLAIMS, "claim-unpaid"),
    Route("POST", f"{CLAIM}/back", deciding.back, CLAIMS, "claim-back"),
    Route("POST", f"{CLAIM}/receipts/{{receipt}}", deciding.receipt, CLAIMS, "claim-receipt"),
    Route("GET", "/sessions/{id}/cash", cash.show, CASH, "cash"),
    Route("POST", "/sessions/{id}/cash/{claim}", cash.given, CASH, "cash-given"),
    Route("GET", "/sessions/{id}/ill", illness.check, ILL, "ill"),
    Route("POST", "/sessions/{id}/ill", illness.tell, ILL, "ill-tell"),
    Route("GET", "/kit", keeping.listing, LENDS, "kit"),
    Route("GET", "/kit/new", keeping.new, LENDS, "kit-new"),
    Route("POST", "/kit/new", keeping.add, LENDS, "kit-add"),
    Route("GET", KIT, keeping.show, LENDS, "thing"),
    Route("GET", f"{KIT}/edit", keeping.edit, LENDS, "kit-edit"),
    Route("POST", f"{KIT}/edit", keeping.change, LENDS, "kit-change"),
    Route("POST", f"{KIT}/retire", keeping.retire, LENDS, "kit-retire"),
    Route("GET", f"{KIT}/lend", lending.ask, LENDS, "kit-lend"),
    Route("POST", f"{KIT}/lend", lending.lent, LENDS, "kit-lent"),
    Route("POST", f"{KIT}/back", lending.returned, LENDS, "kit-back"),
    Route("POST", f"{KIT}/wiped", lending.wiped, LENDS, "kit-wiped"),
    Route("POST", f"{KIT}/longer", lending.longer, LENDS, "kit-longer"),
    Route("GET", "/set-up/money", caps.show, ADMIN, "caps"),
    Route("POST", "/set-up/money", caps.change, ADMIN, "caps-change"),
)
