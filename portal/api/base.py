"""What every resource is: rows that the caller sees, narrowed by the filters of the pages, shaped, and moved by verbs."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.db import models
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from people.actors import ANONYMOUS, Actor
from portal.api import limits, matching
from portal.api.following import Part
from portal.api.idempotency import Answer, once
from portal.api.needs import Need
from portal.api.problems import Problem


class Door(GenericViewSet):
    """An address of the API. `needs` says for each action who may call it; an undeclared action refuses to start."""

    needs: ClassVar[dict[str, Need]] = {}

    @classmethod
    def as_view(cls, actions: dict[str, str] | None = None, **options: Any) -> Callable[..., HttpResponseBase]:
        bare = sorted(set((actions or {}).values()) - set(cls.needs) - {a.__name__ for a in cls.get_extra_actions()})
        if bare:
            raise ImproperlyConfigured(f"{cls.__name__} does not say who may call {', '.join(bare)}")
        view = super().as_view(actions, **options)
        view.gate = "api"
        return view

    @classmethod
    def need_of(cls, name: str) -> Need | None:
        return getattr(getattr(cls, name, None), "need", None) or cls.needs.get(name)

    @property
    def actor(self) -> Actor:
        """Nobody while the schema is drawn."""
        return getattr(getattr(self.request, "_request", self.request), "actor", ANONYMOUS)

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | {"actor": self.actor}

    def given(self, shape: type[serializers.Serializer]) -> dict[str, Any]:
        """The body, checked for its form; what it means is the verb's business."""
        body = shape(data=self.request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        return body.validated_data

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            try:
                _bytes = request._request.body  # kept: the digest of a retry is taken of it
            except RequestDataTooBig:
                raise Problem(413) from None
        self.limit_headers: dict[str, str] = {}
        try:
            self.perform_authentication(request)
        finally:  # whoever guesses tokens is counted too
            self.limit_headers = limits.of_request(request)
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(self, "limit_headers", {}).items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "private, no-store")
        patch_vary_headers(response, ["Authorization", "Cookie", "Accept-Language"])
        return response


class Resource(Door):
    """One noun: list and single rows. `rows` is the queryset with everything that the shape shows.

    `parts` are the tables whose rows are shown inside these: a change there is a change here, for `modified_since`.
    """

    rows: ClassVar[models.QuerySet]
    parts: ClassVar[tuple[Part, ...]] = ()
    is_door = False  # rows that others pass through: a move takes the whole lock, as the verbs that close doors do
    lookup_value_converter = "int"

    def get_queryset(self) -> models.QuerySet:
        return self.rows.all().visible_to(self.actor)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        data = self.get_serializer(self.found()).data
        etag = matching.etag_of(data)
        if matching.is_known(request, etag):
            return HttpResponse(status=304, headers={"ETag": etag})
        return Response(data, headers={"ETag": etag})

    def found(self, *, lock: bool = False) -> Any:
        """The row of the address, if the caller sees it: otherwise 404, whether it exists or not."""
        key = {self.lookup_field: self.kwargs[self.lookup_url_kwarg or self.lookup_field]}
        if lock:
            plain = self.rows.model._base_manager.filter(**key).select_for_update(no_key=not self.is_door)
            plain.values_list("pk").first()
        row = self.get_queryset().filter(**key).first()
        if row is None:
            raise Http404
        return row

    def answer(self, row: models.Model, status: int = 200, **headers: str) -> Answer:
        """A row as the answer of a write, with its ETag."""
        fresh = self.rows.all().get(pk=row.pk)
        data = self.get_serializer(fresh).data
        return Answer(status, matching.rendered(data), {"ETag": matching.etag_of(data), **headers})

    def made(self, row: models.Model) -> Answer:
        """A new row, with its address."""
        return self.answer(row, 201, Location=reverse(f"api:{self.basename}-detail", kwargs={"pk": row.pk}))

    def write(self, effect: Callable[[], Answer]) -> HttpResponse:
        """Run an effect once for its Idempotency-Key, in one transaction, and send what it answers."""
        done = once(self.request, effect)
        return HttpResponse(done.body, status=done.status, content_type="application/json", headers=done.headers)


def act(
    verb: Callable[..., Any],
    *,
    need: Need,
    takes: type[serializers.Serializer] | None = None,
    summary: str = "",
) -> Any:
    """A move as a sub-route, `POST …/7/cancel/`: lock, If-Match, then `verb(row, by=actor, **body)`, then the row anew."""

    def move(self: Resource, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        given = self.given(takes) if takes else {}

        def effect() -> Answer:
            row = self.found(lock=True)
            matching.require_match(request, self.get_serializer(row).data)
            verb(row, by=self.actor, **given)
            return self.answer(row)

        return self.write(effect)

    def decorate(cls_attribute_name: str) -> Any:
        move.__name__ = cls_attribute_name
        made = action(detail=True, methods=["post"], url_path=cls_attribute_name.replace("_", "-"))(move)
        made.need = need
        return extend_schema(request=takes, summary=summary or None)(made)

    return _Move(decorate)


class _Move:
    """Takes the name under which a move stands in its resource."""

    def __init__(self, decorate: Callable[[str], Any]) -> None:
        self.decorate = decorate

    def __set_name__(self, owner: type, name: str) -> None:
        setattr(owner, name, self.decorate(name))
