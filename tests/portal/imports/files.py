"""Bringing a file and writing what it previews, as the pages do it."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from people.models import Upload

AUTUMN = dt.datetime(2026, 11, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ROSTER = "班级,座号,姓名,家长电话\n五（3）班,1,示例甲,13800000000\n五（3）班,2,示例乙,13800000001\n"


def send(client, kind, data, name="名册.csv"):
    """Upload a file; the answer is the preview, or the form with its error."""
    data = data.encode() if isinstance(data, str) else data
    return client.post(f"/imports/new/{kind}/", {"file": SimpleUploadedFile(name, data)}, follow=True)


def write(client, **fields):
    upload = Upload.objects.latest("pk")
    return client.post(f"/imports/{upload.pk}/write/", fields, follow=True)
