"""What is kept of a person: given to them, erased for them, and kept no longer than the schedule says."""

from service.actions.permissions import Permission
from service.web.entry import EVERYONE, GUEST, Route, staff
from service.web.pages.own_data import desk, held, kept, own

OWN = "/i/{link}/help/data"
DATA = "/people/{id}/data"
HELD = "/safeguarding/erased/{id}"

ARRANGES = staff(Permission.ARRANGE)
READS = staff(Permission.READ_SAFEGUARDING)
SEES_KEPT = staff(Permission.SEE_KEPT)

ROUTES: tuple[Route, ...] = (
    Route("GET", OWN, own.show, GUEST, "own-data"),
    Route("POST", OWN, own.give, GUEST, "own-data-give"),
    Route("GET", f"{OWN}/erase", own.ask, GUEST, "own-data-erase"),
    Route("POST", f"{OWN}/erase", own.erase, GUEST, "own-data-erased"),
    Route("GET", "/erased", own.gone, EVERYONE, "erased"),
    Route("GET", DATA, desk.show, ARRANGES, "person-data"),
    Route("POST", DATA, desk.give, ARRANGES, "person-data-give"),
    Route("GET", f"{DATA}/erase", desk.ask, ARRANGES, "person-erase"),
    Route("POST", f"{DATA}/erase", desk.erase, ARRANGES, "person-erased"),
    Route("GET", "/set-up/kept", kept.show, SEES_KEPT, "kept"),
    Route("GET", HELD, held.show, READS, "erased-held"),
    Route("POST", f"{HELD}/read", held.read, READS, "erased-held-read"),
    Route("POST", f"{HELD}/done", held.settle, READS, "erased-held-done"),
)
