"""Names in two languages: Chinese is required, English optional, the reader's language picks."""

from django.db import models
from django.utils.translation import get_language


class Named(models.Model):
    """Mixin for nouns that the public sees, with `name_zh` and `name_en` columns."""

    name_zh: str
    name_en: str

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        """The name in the reader's language, the Chinese one where English is missing."""
        return self.name_en if self.name_is_english else self.name_zh

    @property
    def name_is_english(self) -> bool:
        """Whether `name` is English; a page marks a Chinese fallback with its `lang`."""
        return bool(self.name_en) and (get_language() or "").startswith("en")
