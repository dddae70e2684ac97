"""How the messages to another system are said on a page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from people.events import TYPES
from portal.models import WebhookMessage

FAULTS: dict[str, str | Promise] = {
    "address": gettext_lazy("the name leads into a private network"),
    "name": gettext_lazy("nobody knows this name"),
    "time": gettext_lazy("no answer in time"),
    "tls": gettext_lazy("its certificate is not valid for this name"),
    "connection": gettext_lazy("nobody answers there"),
    "scope": gettext_lazy("the system may no longer read this"),
}


@dataclass(frozen=True)
class Line:
    """One message: what, how it stands, and what came back."""

    message: WebhookMessage
    label: str | Promise
    state: str
    tone: str
    dot: str
    answer: str | Promise


def line(message: WebhookMessage) -> Line:
    code = message.type
    label = TYPES[code].label if code in TYPES else _("Test message")
    if message.arrived_at:
        state, tone, dot = pgettext("message", "arrived"), "teal", "full"
    elif message.given_up_at:
        state, tone, dot = pgettext("message", "given up"), "red", "none"
    else:
        state, tone, dot = pgettext("message", "waiting"), "turn", "half"
    answer = str(message.status) if message.status else FAULTS.get(message.fault, "—")
    return Line(message, label, state, tone, dot, answer)
