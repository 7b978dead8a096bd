"""People, groups, import and export, answers entered at the desk; places and kinds of meeting."""

from service.actions.permissions import Permission
from service.web.entry import Route, staff
from service.web.pages import kinds, place_troubles, places
from service.web.pages.people import apart, desk, editing, groups, importing, listing

PEOPLE = staff(Permission.KEEP_PEOPLE)
MOVE = staff(Permission.MOVE_PEOPLE)
GROUPS = staff(Permission.KEEP_GROUPS)
PLACES = staff(Permission.KEEP_PLACES)
KINDS = staff(Permission.KEEP_KINDS)
ANSWER = staff(Permission.ANSWER_FOR)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/people", listing.people_list, PEOPLE, "people"),
    Route("GET", "/people/new", editing.new_person, PEOPLE, "person-new"),
    Route("POST", "/people/new", editing.add, PEOPLE, "person-add"),
    Route("GET", "/people/import", importing.choose_file, MOVE, "people-file"),
    Route(
        "POST",
        "/people/import",
        importing.look_through,
        MOVE,
        "people-file-look",
        takes_file=True,
    ),
    Route("POST", "/people/import/apply", importing.do_import, MOVE, "people-file-apply"),
    Route("POST", "/people/export", importing.export, MOVE, "people-export"),
    Route("GET", "/people/{id}", listing.person_page, PEOPLE, "person"),
    Route("GET", "/people/{id}/edit", editing.edit_person, PEOPLE, "person-edit"),
    Route("POST", "/people/{id}/edit", editing.change, PEOPLE, "person-change"),
    Route("GET", "/people/{id}/left", listing.ask_left, PEOPLE, "person-left"),
    Route("POST", "/people/{id}/left", listing.write_left, PEOPLE, "person-left-write"),
    Route("GET", "/people/{id}/apart", apart.show, PEOPLE, "apart"),
    Route("POST", "/people/{id}/apart", apart.keep, PEOPLE, "apart-keep"),
    Route("POST", "/people/{id}/apart/{other}/end", apart.end, PEOPLE, "apart-end"),
    Route("GET", "/desk/{id}", desk.ask, ANSWER, "desk"),
    Route("POST", "/desk/{id}", desk.enter, ANSWER, "desk-enter"),
    Route("GET", "/groups", groups.group_list, GROUPS, "groups"),
    Route("POST", "/groups", groups.make, GROUPS, "group-make"),
    Route("GET", "/groups/{id}", groups.group_page, GROUPS, "group"),
    Route("POST", "/groups/{id}/name", groups.rename, GROUPS, "group-rename"),
    Route("POST", "/groups/{id}/remove", groups.remove, GROUPS, "group-remove"),
    Route("POST", "/groups/{id}/members", groups.join, GROUPS, "group-join"),
    Route("POST", "/groups/{id}/members/{person}/remove", groups.leave, GROUPS, "group-leave"),
    Route("GET", "/places", places.place_list, PLACES, "places"),
    Route("GET", "/places/new", places.new_place, PLACES, "place-new"),
    Route("POST", "/places/new", places.add, PLACES, "place-add"),
    Route("GET", "/places/{id}", places.place_page, PLACES, "place"),
    Route("GET", "/places/{id}/edit", places.edit_place, PLACES, "place-edit"),
    Route("POST", "/places/{id}/edit", places.change, PLACES, "place-change"),
    Route("POST", "/places/{id}/close", places.close, PLACES, "place-close"),
    Route("GET", "/places/{id}/trouble", place_troubles.ask, PLACES, "place-trouble"),
    Route("POST", "/places/{id}/trouble", place_troubles.write, PLACES, "place-trouble-write"),
    Route(
        "POST", "/places/troubles/{trouble}/end", place_troubles.end, PLACES, "place-trouble-end"
    ),
    Route("GET", "/kinds", kinds.kind_list, KINDS, "kinds"),
    Route("GET", "/kinds/new", kinds.new_kind, KINDS, "kind-new"),
    Route("POST", "/kinds/new", kinds.add, KINDS, "kind-add"),
    Route("GET", "/kinds/{id}/edit", kinds.edit_kind, KINDS, "kind-edit"),
    Route("POST", "/kinds/{id}/edit", kinds.change, KINDS, "kind-change"),
    Route("POST", "/kinds/{id}/retire", kinds.retire, KINDS, "kind-retire"),
)
