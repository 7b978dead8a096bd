"""The safeguarding lead's store: others write, the lead reads."""

from service.actions.permissions import Permission
from service.web.entry import Route, staff
from service.web.pages import safeguarding

WRITES = staff(Permission.WRITE_SAFEGUARDING)
READS = staff(Permission.READ_SAFEGUARDING)
NOTE = "/safeguarding/{id}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/safeguarding", safeguarding.notes, READS, "safeguarding"),
    Route("GET", "/safeguarding/new", safeguarding.ask, WRITES, "safeguarding-new"),
    Route("POST", "/safeguarding/new", safeguarding.write, WRITES, "safeguarding-write"),
    Route("GET", NOTE, safeguarding.note, READS, "safeguarding-note"),
    Route("POST", f"{NOTE}/read", safeguarding.read, READS, "safeguarding-read"),
    Route("POST", f"{NOTE}/close", safeguarding.close, READS, "safeguarding-close"),
    Route("POST", f"{NOTE}/destroy", safeguarding.destroy, READS, "safeguarding-destroy"),
)
