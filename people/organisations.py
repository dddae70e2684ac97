"""Verbs of District and Organisation: the administrator opens a district and its offices."""

from people import audit
from people.access import require
from people.actors import Actor
from people.models import District, Organisation
from people.roles import Permission
from people.workflow import verb


@verb
def create_district(code: str, name_zh: str, *, by: Actor, name_en: str = "", city_zh: str = "") -> District:
    """A new tenant, with nothing in it."""
    require(by, Permission.DISTRICT_CREATE)
    district = District.objects.create(code=code, name_zh=name_zh, name_en=name_en, city_zh=city_zh)
    audit.record("district.create", district, by=by)
    return district


@verb
def create_office(district: District, *, kind: str, name_zh: str, by: Actor, name_en: str = "") -> Organisation:
    """The district's bureau or a partner office. Which office partners the bureau is the district's choice."""
    require(by, Permission.DISTRICT_CREATE, district)
    assert kind in (Organisation.Kind.BUREAU, Organisation.Kind.PARTNER_OFFICE), kind
    office = Organisation.objects.create(district=district, kind=kind, name_zh=name_zh, name_en=name_en)
    audit.record("office.create", office, by=by, is_now=kind)
    return office
