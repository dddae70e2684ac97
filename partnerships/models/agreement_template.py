"""协议模板: the text that a district offers to begin with."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import District, User
from portal.lib import clock

from .scope import within


class AgreementTemplateQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The offices of the district and its schools; a venue those of the districts that list it."""
        if actor.is_venue:
            listed = actor.organisation.listings.filter(state="listed")
            return self.filter(district__in=listed.values("district"))
        if actor.is_system or actor.reads_district:
            return within(self, actor, district="district_id", own="pk")
        return self.filter(district=actor.district_id)

    def offered(self):
        """The last text of each template that has not been put aside."""
        last = self.order_by("district_id", "name", "-number").distinct("district_id", "name")
        return self.filter(pk__in=last.values("pk"), is_offered=True)


class AgreementTemplate(models.Model):
    """One text of one template; a change is another row, so that nobody wonders what an agreement began with."""

    district = models.ForeignKey(District, models.PROTECT, related_name="agreement_templates")
    name = models.CharField(_("name of the template"), max_length=60)
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"))
    is_offered = models.BooleanField(_("offered for new drafts"), default=True)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = AgreementTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "name", "number"],
                name="agreement_template_once",
                violation_error_message=_("Somebody has just changed this template. Check it first."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="agreement_template_says_something",
                violation_error_message=_("A template needs a text."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def organisation_ids(self) -> set[int]:
        return set()

    def district_ids(self) -> set[int]:
        return {self.district_id}
