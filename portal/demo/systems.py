"""A connected system of the demo: nobody knows its secret, and its address, which leads nowhere, is switched off."""

from people.actors import Person
from people.models import District
from portal.systems import clients, endpoints

MAY = ["districts:read", "terms:read", "schools:read", "classes:read", "pupils:read", "credits:read", "events:read"]
HEARS = ["posting.written", "publication.final", "certificate.issued", "certificate.revoked"]


def connect(district: District, officer: Person) -> None:
    """Comprehensive-quality evaluation, as most districts have one: it takes credits out."""
    made = clients.create(district, by=officer, name="综合素质评价平台（示例）", scopes=MAY)
    address = endpoints.add(made.client, by=officer, url="https://evaluation.example/hooks/guanxiao", types=HEARS)
    endpoints.disable(address.endpoint, by=officer)
