"""The sign-in card of the demonstration: one password an installation, made here and kept in a file of its own."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.utils import translation

from consult.opinions import receipts
from consult.opinions.models import Opinion
from consult.people.models import User
from consult.people.roles import Role, scope_of
from portal.demo.district import PEOPLE
from portal.kit import menus

#: Short words that are easy to read aloud and to type.
WORDS = ("amber", "apple", "bamboo", "bridge", "candle", "cedar", "clover", "copper", "coral", "cotton", "field", "garden", "ginger",
         "harbor", "hazel", "honey", "island", "jasmine", "lantern", "lemon", "lotus", "maple", "marble", "meadow", "mirror",
         "olive", "orange", "orchid", "pepper", "pine", "plum", "pocket", "river", "saffron", "silver", "summer", "table", "tiger",
         "velvet", "willow", "window", "winter")


def file() -> Path:
    return Path(settings.KEY_DIR) / "demo_password"


def password() -> str:
    """The password of every demonstration account, made at the first question."""
    path = file()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = "-".join(secrets.choice(WORDS) for _n in range(3))
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(f"{words}-{secrets.randbelow(9000) + 1000}\n")
    return path.read_text(encoding="ascii").strip()


def lines() -> list[str]:
    """Role, name, user name, password and desk of the first account of each role; and one receipt to try."""
    with translation.override("zh-hans"):
        rows = [("角色", "姓名", "用户名", "密码", "工作台"), *_rows()]
    widths = [max(_width(row[n]) for row in rows) for n in range(5)]
    shown = ["  ".join(_pad(cell, widths[n]) for n, cell in enumerate(row)).rstrip() for row in rows]
    return [*shown, *_receipt()]


def _rows() -> list[tuple[str, str, str, str, str]]:
    found, seen = [], set()
    users = {user.username: user for user in User.objects.filter(username__in=[one[0] for one in PEOPLE])}
    for username, _name, role, _body, _post in PEOPLE:
        if username in users and role not in seen:
            seen.add(role)
            user = users[username]
            found.append((str(Role(role).label), user.name, username, password(), menus.landing(scope_of(user)) or "/desk/"))
    return found


def _receipt() -> list[str]:
    """A receipt as a resident without an account holds it."""
    opinion = Opinion.objects.filter(channel="web", resident=None).exclude(receipt_hash="").order_by("id").first()
    return [f"回执查询  /receipt/  编号 {opinion.number}  查询码 {receipts.spaced(receipts.code_for(opinion.key))}"] if opinion else []


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
