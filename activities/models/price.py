"""What a place costs a pupil, and what it would have cost without the offer.

Both prices are kept, so that the benefit of free and discounted places can be counted in yuan.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PriceKind(models.TextChoices):
    FREE = "free", _("Free")
    DISCOUNTED = "discounted", _("Discounted")
    PAID = "paid", _("Paid")


class Priced(models.Model):
    """A price per pupil, in yuan."""

    price_kind = models.CharField(_("price"), max_length=12, choices=PriceKind, default=PriceKind.FREE)
    list_price = models.DecimalField(_("list price, yuan"), max_digits=7, decimal_places=2, default=0)
    paid_price = models.DecimalField(_("price paid, yuan"), max_digits=7, decimal_places=2, default=0)

    class Meta:
        abstract = True

    @property
    def saved_per_pupil(self) -> Decimal:
        """Yuan that one pupil does not have to pay; 0 where the price is the list price."""
        return self.list_price - self.paid_price


def price_fits_kind(table: str) -> models.CheckConstraint:
    """Free costs nothing, discounted costs less than listed, paid costs what is listed."""
    return models.CheckConstraint(
        name=f"{table}_price_fits_kind",
        condition=Q(price_kind=PriceKind.FREE, paid_price=0, list_price__gte=0)
        | Q(
            price_kind=PriceKind.DISCOUNTED,
            paid_price__gt=0,
            list_price__gt=F("paid_price"),
        )
        | Q(price_kind=PriceKind.PAID, paid_price__gt=0, list_price=F("paid_price")),
        violation_error_message=_(
            "The prices do not fit: free costs 0, discounted costs less than the list price, paid costs the list price."
        ),
    )
