"""Jitsi servers, for whoever keeps them for all organisations; and an organisation's own rooms."""

from service.actions.permissions import Permission
from service.web.entry import Route, staff
from service.web.pages.servers import adding, numbers, rooms, secrets, showing, trying

KEEP = staff(Permission.KEEP_SERVERS)
ALL = "/set-up/servers"
ONE = f"{ALL}/{{server}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/set-up/rooms", rooms.rooms, staff(Permission.SET_UP), "rooms"),
    Route("GET", ALL, showing.all_of_them, KEEP, "servers"),
    Route("GET", f"{ALL}/new", adding.choose_kind, KEEP, "server_kind"),
    Route("POST", f"{ALL}/new", adding.take_kind, KEEP, "server_kind_take"),
    Route("GET", f"{ALL}/new/{{kind}}", adding.ask_address, KEEP, "server_new"),
    Route("POST", f"{ALL}/new/{{kind}}", adding.add, KEEP, "server_add"),
    Route("GET", ONE, showing.one, KEEP, "server"),
    Route("GET", f"{ONE}/address", adding.show_address, KEEP, "server_address"),
    Route("POST", f"{ONE}/address", adding.change_address, KEEP, "server_address_change"),
    Route("GET", f"{ONE}/details", adding.show_details, KEEP, "server_details"),
    Route("POST", f"{ONE}/details", adding.change_details, KEEP, "server_details_change"),
    Route("GET", f"{ONE}/houses", showing.choose_houses, KEEP, "server_houses"),
    Route("POST", f"{ONE}/houses", showing.give, KEEP, "server_give"),
    Route("POST", f"{ONE}/retire", showing.retire, KEEP, "server_retire"),
    Route("POST", f"{ONE}/bring-back", showing.bring_back, KEEP, "server_back"),
    Route("GET", f"{ONE}/lines", secrets.lines, KEEP, "server_lines"),
    Route("GET", f"{ONE}/keys", secrets.keys, KEEP, "server_keys"),
    Route("POST", f"{ONE}/keys/make", secrets.make, KEEP, "server_key_make", waits=True),
    Route("POST", f"{ONE}/keys/use", secrets.use_waiting, KEEP, "server_key_use"),
    Route("GET", f"{ONE}/keys/jaas", secrets.ask_jaas, KEEP, "server_jaas_key"),
    Route("POST", f"{ONE}/keys/jaas", secrets.take_jaas, KEEP, "server_jaas_take", waits=True),
    Route("GET", f"{ONE}/keys/webhook", secrets.ask_webhook, KEEP, "server_webhook"),
    Route("POST", f"{ONE}/keys/webhook", secrets.take_webhook, KEEP, "server_hook", waits=True),
    Route("GET", f"{ONE}/numbers", numbers.numbers, KEEP, "server_numbers"),
    Route("POST", f"{ONE}/numbers", numbers.add, KEEP, "server_number_add"),
    Route("POST", f"{ONE}/numbers/{{id}}/remove", numbers.remove, KEEP, "server_number_remove"),
    Route("POST", f"{ONE}/numbers/{{id}}/first", numbers.tell_first, KEEP, "server_number_first"),
    Route("GET", f"{ONE}/try", trying.show, KEEP, "server_try"),
    Route("POST", f"{ONE}/try", trying.try_out, KEEP, "server_tried", waits=True),
)
