"""Tags that know the apps: the header with its sections, and the badge of a workflow object."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from people import workflow
from people.models import Notice
from portal import navigation
from portal.lib import wording
from portal.lib.templatetags import ui

register = template.Library()


@register.simple_tag(takes_context=True)
def chrome(context: template.Context) -> dict[str, Any]:
    """What stands around every page; works on error pages too, where nobody may be known."""
    request = context.get("request")
    actor = getattr(request, "actor", None)
    role = actor.role if actor is not None else None
    doors = navigation.doors(actor, request) if role else []
    in_header = navigation.IN_HEADER[wording.reads_chinese()]
    user = actor.user if actor is not None else None
    organisation = actor.organisation if role else None
    return {
        "actor": actor if role else None,
        "user": user,
        "organisation": organisation,
        "district": organisation.district if organisation else None,
        "hats": [hat for hat in getattr(request, "hats", []) if hat.pk != actor.membership.pk] if role else [],
        "header": doors[:in_header],
        "further": doors[in_header:],
        "bar": doors[: navigation.IN_BAR],
        "beyond_bar": doors[navigation.IN_BAR :],
        "home": navigation.address("portal:home") or "/",
        "inbox": navigation.address("people:notice-list", "people:inbox"),
        "unread": Notice.objects.visible_to(actor).unread().count() if user else 0,
        "is_demo": settings.DEMO,
        "idle_minutes": settings.IDLE_MINUTES if user else 0,
    }


@register.simple_tag(takes_context=True)
def reference(context: template.Context) -> str:
    """The number of this answer, which the log knows as well; empty where there is none."""
    return getattr(context.get("request"), "reference", "") or context.get("reference", "")


# Moves that give something up: who may only take these is not the one whose turn it is.
GIVING_UP = {
    "withdraw",
    "cancel",
    "cancel_late",
    "cancel_by_venue",
    "cancel_no_fault",
    "leave",
    "suspend",
    "terminate",
    "counter",
}


@register.simple_tag(takes_context=True)
def state(context: template.Context, obj: Any, actor: Any = None) -> SafeString:
    """`{% state booking %}`: the badge of a workflow object; ochre when it is this reader's turn.

    The model says `TONES = {State.X: ("turn"|"teal"|"solid"|"grey"|"red", "none"|"hollow"|"half"|"full")}`.
    """
    actor = actor or getattr(context.get("request"), "actor", None)
    tone, shape = obj.TONES[obj.state]
    if tone == "turn" and not (actor and set(workflow.abilities(obj, actor)) - GIVING_UP):
        tone = "teal"
    return ui.badge(obj.get_state_display(), tone, shape)
