"""User 用户: a person who signs in, by mobile number, user name or e-mail."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """A new user; without a password only an invitation or a demo card lets them in."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Holds who signs in and how to reach them; what they may do is in their memberships."""

    username = models.CharField(
        _("user name"),
        max_length=40,
        validators=[RegexValidator(r"^[A-Za-z][\w.-]{2,}$", _("Start with a letter; letters, digits, . - _ only."))],
    )
    full_name = models.CharField(_("name"), max_length=60)
    mobile = models.CharField(
        _("mobile number"),
        max_length=11,
        blank=True,
        validators=[RegexValidator(r"^1\d{10}$", _("A mobile number has 11 digits and starts with 1."))],
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    wants_digest = models.BooleanField(_("one mail a day"), default=False, db_default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demo account"), default=False)
    date_joined = models.DateTimeField(_("joined"), null=True, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="user_name_once", violation_error_message=_("This user name is taken.")
            ),
            models.UniqueConstraint(
                fields=["mobile"],
                name="user_mobile_once",
                condition=~Q(mobile=""),
                violation_error_message=_("This mobile number already has an account."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                condition=~Q(email=""),
                violation_error_message=_("This e-mail address already has an account."),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def first_name(self) -> str:
        """What allauth's templates call a person."""
        return self.full_name

    @property
    def last_name(self) -> str:
        return ""
