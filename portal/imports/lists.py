"""Lists of a district (venues, schools, competitions) and of a school (results): preview and writing."""

import datetime as dt
from collections.abc import Collection

from credits.lists import competition_list, result_list
from partnerships.lists import school_list, venue_list
from partnerships.models import School
from people.actors import Actor
from people.models import District, Upload
from people.workflow import verb
from portal.imports import uploads
from portal.models import ImportRun


def district_of(upload: Upload) -> District:
    """The bureau's own district."""
    district = upload.owner.district
    assert district is not None, "lists belong to a bureau"
    return district


def look_at_venues(upload: Upload) -> venue_list.VenueList:
    """The venues of an upload. Raises Refused when a column is missing."""
    return venue_list.preview(uploads.opened(upload.open(), upload.file_name), district_of(upload))


def look_at_schools(upload: Upload) -> school_list.SchoolList:
    """The schools of an upload. Raises Refused when a column is missing."""
    return school_list.preview(uploads.opened(upload.open(), upload.file_name), district_of(upload))


@verb
def write_venues(upload: Upload, preview: venue_list.VenueList, *, by: Actor, ticked: Collection[int]) -> ImportRun:
    """Bring in the venues, propose the ticked rows, forget the file."""
    upload = uploads.claim(upload)
    district = district_of(upload)
    counts = venue_list.write(preview.rows, ticked=ticked, by=by, district=district)
    counts["skipped"] = sum(problem.is_error for problem in preview.table.problems)
    return uploads.finish(upload, by=by, counts=counts, district_id=district.pk)


@verb
def write_schools(
    upload: Upload, preview: school_list.SchoolList, *, by: Actor, pilots_from: dt.date | None
) -> ImportRun:
    """Bring in the schools of the district, forget the file."""
    upload = uploads.claim(upload)
    district = district_of(upload)
    counts = school_list.write(preview.rows, by=by, district=district, pilots_from=pilots_from)
    counts["skipped"] = sum(problem.is_error for problem in preview.table.problems)
    return uploads.finish(upload, by=by, counts=counts, district_id=district.pk)


def look_at_whitelist(upload: Upload) -> competition_list.CompetitionList:
    """The competitions of an upload. Raises Refused when a column is missing."""
    return competition_list.preview(uploads.opened(upload.open(), upload.file_name), district_of(upload))


def look_at_results(upload: Upload) -> result_list.ResultList:
    """The results of an upload. Raises Refused when a column is missing."""
    return result_list.preview(uploads.opened(upload.open(), upload.file_name), school_of(upload))


def school_of(upload: Upload) -> School:
    """The school whose upload it is."""
    return School.objects.select_related("organisation__district").get(pk=upload.owner_id)


@verb
def write_whitelist(upload: Upload, preview: competition_list.CompetitionList, *, by: Actor) -> ImportRun:
    """Bring in the competitions of the district, forget the file."""
    upload = uploads.claim(upload)
    district = district_of(upload)
    counts = competition_list.write(preview.rows, by=by, district=district)
    counts["skipped"] = sum(problem.is_error for problem in preview.table.problems)
    return uploads.finish(upload, by=by, counts=counts, district_id=district.pk)


@verb
def write_results(upload: Upload, preview: result_list.ResultList, *, by: Actor) -> ImportRun:
    """Enter the results of a school, forget the file."""
    upload = uploads.claim(upload)
    school = school_of(upload)
    counts = result_list.write(preview.rows, by=by, school=school)
    counts["skipped"] = sum(problem.is_error for problem in preview.table.problems)
    return uploads.finish(upload, by=by, counts=counts, district_id=school.district_id)
