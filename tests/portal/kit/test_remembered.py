"""What is remembered around pages is nobody's own: whoever came before, everybody reads what they would read without it."""

import itertools
import random
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from consult.kit import recall

pytestmark = pytest.mark.django_db
PAGES = ("/", "/topics/", "/opinions/new/", "/search/?q=a", "/notices/", "/office/", "/office/opinions/", "/members/topics/",
         "/departments/tasks/", "/supervision/tasks/", "/leadership/briefings/", "/cases/")
WHO = ("", "office", "member", "clerk", "supervision", "leader", "chair", "other_office", "cadre")


def told(cast: Any, who: str, page: str, language: str, size: str) -> tuple[int, str]:
    client = Client()
    if who:
        client.force_login(getattr(cast, who))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    client.cookies["size"] = size
    answer = client.get(page)
    return answer.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())


def test_nobody_reads_what_was_drawn_for_another(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list(itertools.product(WHO, PAGES, ("zh-hans", "en"), ("standard", "large")))
    asked = random.Random(7).sample(asked, 110)
    alone = [told(cast, *one) for one in asked]
    monkeypatch.setattr(recall, "SECONDS", 600)
    recall.forget()
    for one, said in zip(asked, alone, strict=True):
        assert told(cast, *one) == said, one
    assert sum(key[0] in ("part", "menu") for key in recall._known) > 20
    recall.forget()
