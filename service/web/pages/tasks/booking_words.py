"""What tasks about bookings are called, and why somebody has to look at one. Pure."""

from service.actions.loose_ends import CANCELLED, IDLE, MOVED

BOOKING_TITLES: dict[str, str] = {
    MOVED: "Ask if what is booked fits the new time",
    CANCELLED: "Call off what is booked",
    IDLE: "Look at a booking that nobody needs now",
}
BOOKING_ABOUT: dict[str, str] = {
    MOVED: "The session moved. Ask who is booked if they can come then, or call them off.",
    CANCELLED: "The session is cancelled. Tell who is booked.",
    IDLE: "Everybody it was for has taken it back, or does not come.",
}
