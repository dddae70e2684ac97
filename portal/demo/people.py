"""The people of the demo. Every one is invented."""

import random

from people import memberships
from people.actors import SYSTEM, Person
from people.models import Organisation, User
from people.roles import Role
from portal.lib import clock

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁"
    "沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃"
    "洪武莫孔"
)
GIVEN = [
    # fmt: off
    "一诺",
    "子涵",
    "梓萱",
    "浩然",
    "宇轩",
    "欣怡",
    "思远",
    "若溪",
    "沐阳",
    "语桐",
    "书瑶",
    "子墨",
    "俊熙",
    "雨泽",
    "可欣",
    "诗涵",
    "嘉树",
    "明轩",
    "芷晴",
    "安然",
    "知行",
    "予安",
    "星野",
    "景行",
    "清越",
    "望舒",
    "明夷",
    "知白",
    "若谷",
    "映雪",
    "云帆",
    "晓阳",
    "朗月",
    "嘉禾",
    "乐之",
    "思齐",
    "怀瑾",
    "南乔",
    "北辰",
    "青禾",
    "亦凡",
    "书屿",
    "以宁",
    "启明",
    # fmt: on
]


def pupil_names(dice: random.Random, number: int) -> list[str]:
    """Distinct invented names."""
    found: dict[str, None] = {}
    while len(found) < number:
        found[dice.choice(SURNAMES) + dice.choice(GIVEN)] = None
    return list(found)


def hat(
    username: str, full_name: str, role: Role, at: Organisation, *, who: User | None = None, card: bool = False
) -> Person:
    """A person in a hat; `card` puts the account on the sign-in page of the demo."""
    user = who or User.objects.create_user(username, full_name=full_name, is_demo=card, date_joined=clock.now())
    return Person(user, memberships.start(at, user, role=role, by=SYSTEM))
