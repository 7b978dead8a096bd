"""What tasks about money and kit are called, and why somebody has to do them. Pure."""

from service.actions.lending.tasks import LATE, WIPE
from service.actions.money.tasks import CASH, DECIDE, NOT_HANDED_OUT, PAY
from service.storage.messages import MessageKind

#: The titles of such tasks, by what they are about.
MONEY_TITLES: dict[str, str] = {
    DECIDE: "Decide about money for {name}",
    PAY: "Pay {name}",
    CASH: "Get the cash ready for the door",
    NOT_HANDED_OUT: "Ask what became of the money for {name}",
    LATE: "Ask {name} for what they borrowed",
    WIPE: "Wipe what {name} gave back",
}
#: Why, in a sentence or two.
MONEY_ABOUT: dict[str, str] = {
    DECIDE: "They asked for money so that they can take part. Nobody pays first.",
    PAY: "It was agreed. The money must be with them, or with who is paid, before the day.",
    CASH: "Fetch the money, and put it in envelopes with a name on each.",
    NOT_HANDED_OUT: "It was agreed, and nobody ticked that they got it at the door.",
    LATE: "It was due back. Perhaps they still need it: then let them keep it for longer.",
    WIPE: "Nobody else can have it before nothing of theirs is on it any more.",
    MessageKind.CLAIM_ANSWER: "There is an answer about the money they asked for.",
    MessageKind.ILL_NOTICE: "Somebody was ill at it. They asked to be told. Do not say who it was.",
    MessageKind.KIT_DUE: "What they borrowed was due back.",
}
