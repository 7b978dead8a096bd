"""Setting up the organisation, its staff and its tokens; the post tray."""

from service.actions.permissions import Permission
from service.web.entry import DEMONSTRATION, Route, staff
from service.web.pages.set_up import (
    changes,
    dates,
    front,
    mailbox,
    members,
    organisation,
    public_page,
    texts,
    tokens,
    tray,
)

ADMIN = staff(Permission.SET_UP)
DATES = staff(Permission.KEEP_DATES)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/set-up", front.front, staff(Permission.SEE_SET_UP), "set_up"),
    Route("GET", "/set-up/dates", dates.dates, DATES, "dates"),
    Route("POST", "/set-up/dates", dates.add, DATES, "date_add"),
    Route("GET", "/set-up/dates/file", dates.choose_file, DATES, "dates_file"),
    Route("POST", "/set-up/dates/file", dates.look_through, DATES, "dates_look", takes_file=True),
    Route("POST", "/set-up/dates/take", dates.take, DATES, "dates_take"),
    Route("POST", "/set-up/dates/{id}/remove", dates.remove, DATES, "date_remove"),
    Route("GET", "/set-up/organisation", organisation.organisation, ADMIN, "organisation"),
    Route("POST", "/set-up/organisation", organisation.change, ADMIN, "organisation_change"),
    Route("GET", "/set-up/public", public_page.show, ADMIN, "public_page"),
    Route("POST", "/set-up/public", public_page.change, ADMIN, "public_page_change"),
    Route("GET", "/set-up/mail", organisation.mail, ADMIN, "mail_server"),
    Route("POST", "/set-up/mail", organisation.set_mail, ADMIN, "mail_server_set"),
    Route("POST", "/set-up/mail/clear", organisation.clear_mail, ADMIN, "mail_server_clear"),
    Route("POST", "/set-up/mail/try", organisation.try_mail, ADMIN, "mail_server_try"),
    Route("GET", "/set-up/mailbox", mailbox.show, ADMIN, "mailbox"),
    Route("POST", "/set-up/mailbox", mailbox.keep, ADMIN, "mailbox_set"),
    Route("POST", "/set-up/mailbox/clear", mailbox.clear, ADMIN, "mailbox_clear"),
    Route("POST", "/set-up/mailbox/try", mailbox.try_out, ADMIN, "mailbox_try", waits=True),
    Route("GET", "/set-up/texts", texts.texts, ADMIN, "texts"),
    Route("GET", "/set-up/texts/{text}", texts.text, ADMIN, "text"),
    Route("POST", "/set-up/texts/{text}", texts.write, ADMIN, "text_write"),
    Route("POST", "/set-up/texts/{text}/usual", texts.use_usual, ADMIN, "text_usual"),
    Route("GET", "/set-up/staff", members.members, ADMIN, "staff"),
    Route("GET", "/set-up/staff/new", members.new, ADMIN, "staff_new"),
    Route("POST", "/set-up/staff/new", members.invite, ADMIN, "staff_invite"),
    Route("GET", "/set-up/staff/{id}", members.member, ADMIN, "staff_member"),
    Route("POST", "/set-up/staff/{id}", members.change_roles, ADMIN, "staff_roles"),
    Route("GET", "/set-up/staff/{id}/stop", members.stop, ADMIN, "staff_stop"),
    Route("POST", "/set-up/staff/{id}/stop", members.disable, ADMIN, "staff_disable"),
    Route("POST", "/set-up/staff/{id}/again", members.enable, ADMIN, "staff_enable"),
    Route("GET", "/set-up/tokens", tokens.all_tokens, ADMIN, "tokens"),
    Route("POST", "/set-up/tokens", tokens.make, ADMIN, "token_make"),
    Route("POST", "/set-up/tokens/{id}/revoke", tokens.revoke, ADMIN, "token_revoke"),
    Route("GET", "/set-up/changes", changes.changes, ADMIN, "changes"),
    Route("GET", "/post-tray", tray.tray, DEMONSTRATION, "post_tray"),
    Route("GET", "/post-tray/{name}", tray.letter, DEMONSTRATION, "post_tray_letter"),
    Route("GET", "/post-tray/{name}/looks", tray.looks, DEMONSTRATION, "post_tray_looks"),
)
