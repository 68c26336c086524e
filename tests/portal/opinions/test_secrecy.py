"""Words with a secrecy mark are refused wherever somebody writes; the word alone is not."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from consult.kit import secrecy
from consult.kit.models import AuditEvent
from consult.opinions import actions
from consult.opinions.models import Opinion
from tests import make

MARKED = ["机密★10年\n关于拆迁", "绝 密 ★", "秘密★", "密级：机密", "密 级: 秘密", "【机密】方案", "〔绝密〕",
          "附件\n  机密  \n内容",
          "秘密文件", "機密★長期", "机密级☆"]
PLAIN = ["这不是什么秘密", "他们说这是机密文件，不给看", "商业秘密", "秘密签约（秘密）", "绝密般的安静", "保密协议",
         "★★★★★ 好评", "密级很高", "邻居说是机密级的"]


@pytest.mark.parametrize("text", MARKED)
def test_a_mark_is_found(text: str) -> None:
    assert secrecy.marked(text)


@pytest.mark.parametrize("text", PLAIN)
def test_a_word_is_no_mark(text: str) -> None:
    assert not secrecy.marked(text)


@pytest.mark.parametrize("piece", ["机", "机 密", "密 级", "【 机 密 ", "\n", " ", "机密\n"])
@pytest.mark.timeout(60)
def test_hostile_length_comes_to_an_end(piece: str) -> None:
    secrecy.marked(piece * (50_000 // len(piece)))


def test_the_door_refuses_and_keeps_what_was_typed(place: Any) -> None:
    typed = {"key": str(uuid.uuid4()), "text": "机密★10年 征收成本清单如下", "identity_mode": "anonymous", "place": "石桥"}
    page = Client().post("/say/", typed)
    assert page.status_code == 422
    assert "石桥" in page.content.decode()
    assert page.context["form"].errors["text"] == [str(secrecy.REFUSED)]
    assert not Opinion.objects.exists()
    event = AuditEvent.objects.get(verb="kit.refuse_secret")
    assert event.data == {"fields": ["text"]}
    assert "征收" not in str(vars(event))


@pytest.mark.parametrize("where", [{"text": "绝密★"}, {"place": "【机密】"}])
def test_the_domain_refuses_too(place: Any, where: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as wrong:
        make.handed_in(**where)
    assert set(wrong.value.message_dict) == set(where)


def test_nobody_writes_them_to_the_submitter_or_back(cast: Any) -> None:
    opinion = make.opinion()
    for verb in (actions.message, actions.note):
        with pytest.raises(ValidationError):
            verb(opinion, text="密级：机密", by=cast.office, at=make.AT)
    with pytest.raises(ValidationError):
        actions.add_fact(opinion, text="秘密★", at=make.AT)
    assert opinion.messages.count() == 0


def test_every_form_reads_for_marks(cast: Any) -> None:
    opinion = make.opinion()
    desk = Client()
    desk.force_login(cast.office)
    page = desk.post(f"/opinions/{opinion.pk}/note/", {"text": "机密★"})
    assert page.status_code == 422
    event = AuditEvent.objects.get(verb="kit.refuse_secret")
    assert (event.actor, event.object_id, event.data) == (cast.office, str(opinion.pk), {"fields": ["text"]})
