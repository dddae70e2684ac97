"""Client 对接系统: another system of one district, which reads and writes by scopes that the district has granted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from people.actors import Actor
from people.models import District, User
from portal.lib import clock


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, actor: Actor) -> "ClientQuerySet":
        """The bureau of the district that granted it."""
        return self.filter(district_id=actor.district_id) if actor.is_bureau else self.none()


class Client(AbstractApplication):
    """`principal` is the person of the bureau who answers for it: without an active one nothing opens.

    Its secret is shown once and kept as a hash. `scopes` are what the district grants; a token holds what was asked.
    """

    district = models.ForeignKey(District, models.PROTECT, related_name="clients", verbose_name=_("district"))
    principal = models.ForeignKey(User, models.PROTECT, related_name="clients", verbose_name=_("person responsible"))
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("granted scopes"), default=list, blank=True)
    created = models.DateTimeField(_("created"), default=clock.now)  # the library would ask the machine's clock
    updated = models.DateTimeField(_("updated"), default=clock.now)
    last_used_at = models.DateTimeField(_("last use"), null=True, editable=False)  # when it last asked for a token
    is_active = models.BooleanField(_("active"), default=True)

    objects = ClientQuerySet.as_manager()

    class Meta(AbstractApplication.Meta):
        swappable = "OAUTH2_PROVIDER_APPLICATION_MODEL"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="client_is_a_machine",
                condition=Q(
                    client_type=AbstractApplication.CLIENT_CONFIDENTIAL,
                    authorization_grant_type=AbstractApplication.GRANT_CLIENT_CREDENTIALS,
                    hash_client_secret=True,
                ),
                violation_error_message=_("A client signs in as itself, by a secret that only it knows."),
            ),
            models.UniqueConstraint(
                name="client_name_once",
                fields=["district", "name"],
                violation_error_message=_("The district already has a client of this name."),
            ),
        ]

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
