"""待核对: what a roll can't be right about, and the word of whoever has looked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from activities import roll_reviews
from activities.models import RollReview
from people.gate import allow, seen
from people.roles import Permission
from portal.lib.answering import refusals_told
from portal.lib.pages import keyset


@allow(Permission.ROLL_REVIEW)
def review_list(request: HttpRequest) -> HttpResponse:
    """Pupils by pseudonym: the class teacher knows who it is from the roll."""
    rows = RollReview.objects.visible_to(request.actor).with_names()
    page = keyset(rows, request.GET, order=("-raised_at", "-pk"))
    return render(request, "activities/roll_review_list.html", {"page": page})


def _answer(name: str, done: Any) -> Any:
    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        review = seen(RollReview.objects.with_names(), request.actor, pk=pk)
        reason = request.POST.get("reason", "")[:200]
        with refusals_told(request):
            getattr(roll_reviews, name)(review, by=request.actor, answer=reason)
            messages.success(request, str(done))
        return redirect("activities:roll_review-list")

    view.__name__ = f"review_{name}"
    return allow(Permission.ROLL_REVIEW)(view)


review_count_here = _answer("count_here", gettext_lazy("Counted here. The other roll is corrected; credits follow."))
review_leave = _answer("leave", gettext_lazy("Left as it is."))
