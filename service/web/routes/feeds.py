"""Calendar feeds, for programs, and the pages on which guests and staff get theirs."""

from service.actions.permissions import Permission
from service.web.entry import FEED, GUEST, Route, staff
from service.web.pages.feeds import hosting, own, serving

SEE = staff(Permission.SEE_MEETINGS)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/feeds/{secret}.ics", serving.personal, FEED, "feed"),
    Route("GET", "/o/{slug}/sessions.ics", serving.public, FEED, "public-feed"),
    Route("GET", "/i/{link}/calendar", own.show, GUEST, "own-feeds"),
    Route("POST", "/i/{link}/calendar", own.make, GUEST, "own-feed-make"),
    Route("GET", "/i/{link}/calendar/{feed}", own.show_one, GUEST, "own-feed"),
    Route("POST", "/i/{link}/calendar/{feed}", own.change, GUEST, "own-feed-change"),
    Route("POST", "/i/{link}/calendar/{feed}/renew", own.renew, GUEST, "own-feed-renew"),
    Route("POST", "/i/{link}/calendar/{feed}/stop", own.stop, GUEST, "own-feed-stop"),
    Route("GET", "/sessions/calendar", hosting.show, SEE, "hosting-feeds"),
    Route("POST", "/sessions/calendar", hosting.make, SEE, "hosting-feed-make"),
    Route("GET", "/sessions/calendar/{feed}", hosting.show_one, SEE, "hosting-feed"),
    Route("POST", "/sessions/calendar/{feed}", hosting.change, SEE, "hosting-feed-change"),
    Route("POST", "/sessions/calendar/{feed}/renew", hosting.renew, SEE, "hosting-feed-renew"),
    Route("POST", "/sessions/calendar/{feed}/stop", hosting.stop, SEE, "hosting-feed-stop"),
)
