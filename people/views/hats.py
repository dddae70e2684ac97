"""Changing hats, and the front door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from people.gate import HAT, signed_in, typed_pk
from people.models import Membership


@signed_in
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Wear another of one's own hats (切换身份)."""
    own = Membership.objects.active().filter(user=request.user)
    hat = get_object_or_404(own, pk=typed_pk(request, "hat"))
    request.session[HAT] = hat.pk
    return redirect("/")
