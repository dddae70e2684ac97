"""Invented positions for the demo, marked as sample data: nobody has measured where these places are.

A position follows from the name, so that every seed draws the same plan; it lies within a few kilometres of the middle
of its district or city, which is all that is true about it.
"""

import random
from typing import Any

# Place of the lists → middle, and how far from it in degrees.
MIDDLES = [
    ("深圳市光明区", 22.756, 113.936, 0.045),
    ("深圳市", 22.600, 114.020, 0.070),
    ("衡阳市", 26.893, 112.580, 0.040),
    ("长沙市", 28.200, 112.980, 0.040),
]

# What the venues that the demo opens have for school groups; their page says that it is an example.
FACILITIES = {
    "时尚生态谷": (["step_free", "bag_store", "lunch", "water", "classroom", "guide"], 3, 120),
    "光明农场大观园": (["assembly", "lunch", "water"], 8, 300),
    "深圳科学技术馆": (
        ["step_free", "accessible_toilet", "wheelchairs", "bag_store", "assembly", "lunch", "water", "first_aid", "guide"],
        12, 200,
    ),
    "衡阳市科技馆": (["step_free", "accessible_toilet", "bag_store", "water", "guide"], 4, None),
    "深圳市仙湖植物园": (["lunch", "water", "first_aid", "guide"], 10, 150),
}  # fmt: skip


def of(name: str, place: str) -> dict[str, Any]:
    """Columns of a sample position; nothing for places that the demo knows no city of."""
    for middle, latitude, longitude, reach in MIDDLES:
        if place.startswith(middle):
            dice = random.Random(name)
            return {
                "latitude": round(latitude + dice.uniform(-reach, reach), 6),
                "longitude": round(longitude + dice.uniform(-reach, reach), 6),
                "position_is_sample": True,
            }
    return {}


def facilities_of(name: str) -> dict[str, Any]:
    """Columns of what a venue has for groups, with the remark that these are examples."""
    if name not in FACILITIES:
        return {}
    facilities, coaches, lunches = FACILITIES[name]
    return {
        "facilities": facilities,
        "coach_places": coaches,
        "lunch_places": lunches,
        "remark": "接待设施为示例数据",
    }
