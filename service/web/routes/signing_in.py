"""Signing in and out."""

from service.web.entry import ANY_STAFF, EVERYONE, Route
from service.web.pages import signing_in

ROUTES: tuple[Route, ...] = (
    Route("GET", "/sign-in", signing_in.ask, EVERYONE, "sign_in"),
    Route("POST", "/sign-in", signing_in.send_mail, EVERYONE, "sign_in_mail"),
    Route("GET", "/sign-in/sent", signing_in.sent, EVERYONE, "sign_in_sent"),
    Route("POST", "/sign-in/code", signing_in.take_code, EVERYONE, "sign_in_code"),
    Route("GET", "/sign-in/{request_link}", signing_in.look, EVERYONE, "sign_in_link"),
    Route("POST", "/sign-in/{request_link}", signing_in.use, EVERYONE, "sign_in_use"),
    Route("POST", "/sign-out", signing_in.sign_out, ANY_STAFF, "sign_out"),
    Route(
        "POST",
        "/sign-out-everywhere",
        signing_in.sign_out_everywhere,
        ANY_STAFF,
        "sign_out_everywhere",
    ),
)
