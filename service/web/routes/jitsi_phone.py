"""Dialling in: what Jitsi's page and voice menus ask. Browsers ask from other sites' pages."""

from service.web.entry import MACHINE, Route
from service.web.jitsi import phone

ROUTES: tuple[Route, ...] = (
    Route("GET", "/phone/numbers", phone.numbers, MACHINE, "phone-numbers"),
    Route("POST", "/phone/numbers", phone.numbers, MACHINE, "phone-numbers-asked"),
    Route("OPTIONS", "/phone/numbers", phone.allow, MACHINE, "phone-numbers-allowed"),
    Route("GET", "/phone/mapper", phone.mapper, MACHINE, "phone-mapper"),
    Route("POST", "/phone/mapper", phone.mapper, MACHINE, "phone-mapper-asked"),
    Route("OPTIONS", "/phone/mapper", phone.allow, MACHINE, "phone-mapper-allowed"),
)
