"""Districts: the one that the caller belongs to."""

from people.models import District
from people.roles import Permission
from portal.api.base import Resource
from portal.api.needs import Need
from portal.api.shapes import Name, Shape


class DistrictShape(Shape):
    name = Name(source="*", read_only=True)

    class Meta:
        model = District
        fields = ("id", "code", "name", "time_zone")


class Districts(Resource):
    """The district of a client, an office or a school."""

    rows = District.objects.all()
    serializer_class = DistrictShape
    needs = dict.fromkeys(("list", "retrieve"), Need("districts:read", Permission.HOME_SEE))
