"""Examples of the schema: one row of the nouns that other systems meet first. A test holds them to the shapes."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

BOOKED = {
    "id": 4711,
    "number": "GX-004711",
    "session": 318,
    "school": 12,
    "district": 1,
    "agreement": 7,
    "leader": 95,
    "by": "classes",
    "classes": [41, 42],
    "group": None,
    "by_roster": True,
    "pupils": 86,
    "adults": 5,
    "step_free": 0,
    "state": "confirmed",
    "state_label": {"zh": "已确认", "en": "Confirmed"},
    "seats_held": 86,
    "requested_at": "2026-11-12T08:05:00+08:00",
    "confirmed_at": "2026-11-12T08:05:00+08:00",
    "ended_at": None,
    "reason": "",
    "arrived_at": None,
    "arrived_heads": None,
    "called_at": None,
    "attended": None,
    "count_due_at": None,
    "counted_at": None,
    "returned": 0,
    "returned_late": 0,
    "abilities": ["reschedule", "cancel"],
}
SESSION = {
    "id": 318,
    "programme": 44,
    "series": None,
    "provider": 9,
    "place": 9,
    "hall": 3,
    "school": None,
    "audience": "students",
    "starts_at": "2026-11-26T09:30:00+08:00",
    "ends_at": "2026-11-26T11:30:00+08:00",
    "opens_on": "2026-11-01",
    "places": {
        "unit": "heads",
        "capacity": 120,
        "taken": 84,
        "left": 36,
        "held_back": 10,
        "held_until": "2026-11-12",
    },
    "price_kind": "discounted",
    "list_price": "40.00",
    "paid_price": "10.00",
    "state": "open",
    "state_label": {"zh": "可预约", "en": "Open for booking"},
    "phase": "open",
    "reason": "",
    "abilities": [],
}
ENTRY = {
    "id": 90210,
    "pupil": "0b0c7b2e-6d1e-4a54-9a0f-3a5f8c1d2e3f",
    "n": 4,
    "points": 1000,
    "balance": 4500,
    "rule": 5,
    "code": "VIS",
    "roll_entry": 55012,
    "result": None,
    "nth": 1,
    "reverses": None,
    "school": 12,
    "district": 1,
    "grade": 5,
    "term": 2,
    "concerns_term": 2,
    "posted_at": "2026-11-26T12:10:00+08:00",
    "publication": "posted",
}
PROBLEM = {
    "type": "urn:guanxiao:problem:session.full",
    "title": "不符合规则",
    "status": 409,
    "detail": "名额不足：本场余 36 个名额，贵校需要 43 个。",
    "code": "session.full",
}


def example(name: str, value: dict[str, Any]) -> list[OpenApiExample]:
    return [OpenApiExample(name, value=value, response_only=True)]
