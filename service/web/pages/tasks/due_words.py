"""What tasks that time raises are called, and why somebody has to do them. Pure."""

from accessibility.dues import DueKind
from service.storage.messages import MessageKind

#: The titles of such tasks, by what they are about.
DUE_TITLES: dict[str, str] = {
    DueKind.REPLY: "Answer what {name} asked for",
    DueKind.PLAN: "Plan what {name} asked for",
    DueKind.AMBER: "Book what {name} asked for soon",
    DueKind.RED: "Book what {name} asked for now",
    DueKind.RING: "Ask {name} if it works for them",
    DueKind.APOLOGY: "Say sorry to {name}",
    DueKind.FEEDBACK: "Ask {name} how it was",
    DueKind.CHECK_IN: "Ask {name} how they are",
    DueKind.REVIEW: "Ask {name} if what helps them is still right",
}
#: Why, in a sentence or two.
DUE_ABOUT: dict[str, str] = {
    DueKind.REPLY: "They have not heard from a person yet.",
    DueKind.PLAN: "They asked days ago, and nobody has said what will be done.",
    DueKind.AMBER: "There is little time left to book it with the usual notice.",
    DueKind.RED: "The usual notice has passed. Try all the same, and tell them how it stands.",
    DueKind.RING: "They have not said if what we arranged works. Silence is not a yes.",
    DueKind.APOLOGY: "They could not take part as they wanted. Say sorry, and offer to put it right.",
    DueKind.FEEDBACK: "One question: could you take part as you wanted?",
    DueKind.CHECK_IN: "They asked for it. Keep to yourself what they say; only note that it is done.",
    DueKind.REVIEW: "We keep what they told us for a year. Then it is removed, unless they say again.",
    MessageKind.REQUEST_RECEIPT: "Tell them that we have got what they asked for.",
}
