"""Seventy voices come in by every channel, and triage decides about each; four more wait in quarantine or were set aside."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any
from uuid import UUID

from consult.opinions import actions, wording
from consult.opinions.models import Opinion
from consult.opinions.states import Channel, Doubt, IdentityMode, Outcome
from consult.people.models import Resident
from portal.demo import pictures
from portal.demo.voices import OTHERS, VOICES
from portal.demo.world import OPINIONS, Story, World

#: Topic to come -> project, its voices, between how many and how many working days ago.
FOR_TOPICS: dict[str, tuple[str, tuple[int, ...], int, int]] = {
    "fee": ("dongshe", (0, 1, 2, 3, 4, 6, 9, 19), 211, 190),
    "market": ("dongshe", (15,), 209, 204),
    "homestead": ("baima", (0, 1, 2, 3, 4, 7, 8, 9), 201, 178),
    "evenings": ("baima", (14,), 198, 193),
    "bus": ("dongshe", (18,), 156, 150),
    "school": ("nanwei", (0, 1, 2, 3, 4, 5, 6, 7, 17, 18), 150, 110),
    "reward": ("baima", (13,), 84, 76),
    "flats": ("nanwei", (12, 13), 78, 68),
    "leak": ("dongshe", (5,), 64, 60),
    "vacant": ("baima", (19,), 62, 58),
    "quality": ("dongshe", (10, 11, 12), 62, 52),
    "wall": ("nanwei", (14, 11), 58, 50),
    "storey": ("baima", (10, 11), 52, 44),
    "deeds": ("dongshe", (13,), 44, 40),
    "notice": ("nanwei", (15,), 38, 34),
    "board": ("baima", (15,), 36, 32),
    "street": ("nanwei", (8,), 30, 26),
    "trucks": ("dongshe", (17,), 30, 27),
    "orchard": ("nanwei", (19,), 9, 8),
    "pension": ("nanwei", (21,), 20, 16),
    "shops": ("baima", (17, 18), 16, 10),
}
#: Says the same as another: project, voice, into which voice, working days ago.
MERGED = (("dongshe", 7, 3, 188), ("dongshe", 8, 1, 187), ("nanwei", 20, 0, 109))
#: Decided on their own: project, voice, outcome, to whom, working days ago, the words to the submitter.
ALONE: tuple[tuple[str, int, str, str, int, str], ...] = (
    ("baima", 5, Outcome.JUDICIAL, "区人民法院诉讼服务中心", 140, ""),
    ("dongshe", 16, Outcome.PETITION, "区信访局", 120, ""),
    ("baima", 16, Outcome.KEEP, "", 96, ""),
)
#: Still with the office: project, voice, accepted?, working days ago.
OPEN = (("baima", 6, True, 3), ("nanwei", 9, True, 2), ("dongshe", 14, False, 2), ("baima", 12, False, 1),
        ("nanwei", 10, False, 1), ("nanwei", 16, False, 0))
#: Perhaps from a machine: the words, why, working days ago, and for what reason they were set aside.
DOUBTFUL: tuple[tuple[str, tuple[Doubt, ...], int, str], ...] = (
    ("代办信用卡、小额贷款，当天放款，有意者请回复。", (Doubt.TRAP, Doubt.FAST), 6, "商业广告，与更新改造无关"),
    ("低价出售装修材料，量大从优，欢迎选购。", (Doubt.TRAP,), 2, ""),
    ("东舍坊安置房三号楼电梯又停了，老人上下楼困难，请尽快修。", (Doubt.FAST,), 1, ""),
    ("南圩村临时公交站没有雨棚，下雨天没有地方躲。", (Doubt.CROWD,), 0, ""),
)
OTHERS_ON = (170, 160, 132, 128, 90, 66, 48, 38)
#: Handed in from the resident's own account.
FROM_ACCOUNT = {("dongshe", 18), ("dongshe", 6)}
#: With a picture of it.
SHOWN = {("dongshe", 10): "site", ("dongshe", 18): "stop"}
ANSWERED = "您好！签约办公室设在白马坡社区服务中心一楼，周一至周六 9:00 至 17:00 上班，周日值班。行动不便的，可请社区网格员上门。"
BY_DEPARTMENT = "您好！我们已将您反映的低保待遇审核事项（不含您的姓名）转区民政局直接答复，您可凭回执在本页查看答复。"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = ("建国", "秀英", "志强", "桂兰", "海涛", "玉梅", "永福", "春燕", "大勇", "月华")


def stories(w: World) -> Iterator[Story]:
    """One small story for every voice."""
    for key, (project, numbers, first, last) in FOR_TOPICS.items():
        for number, back in zip(numbers, _spread(w, first, last, len(numbers)), strict=True):
            yield _for_topic(w, key, project, number, back)
    for one in MERGED:
        yield _merged(w, *one)
    for alone in ALONE:
        yield _alone(w, *alone)
    for project, number, accepted, back in OPEN:
        yield _open(w, project, number, accepted, back)
    for other, back in zip(OTHERS, OTHERS_ON, strict=True):
        yield _other(w, back, *other)
    for number, doubtful in enumerate(DOUBTFUL):
        yield _doubtful(w, number, *doubtful)


def _spread(w: World, first: int, last: int, number: int) -> list[int]:
    return sorted((w.rng.randint(last, first) for _ in range(number)), reverse=True)


def _for_topic(w: World, key: str, project: str, number: int, back: int) -> Story:
    yield OPINIONS, back
    opinion = _said(w, project, number)
    w.voices.setdefault(key, []).append(opinion)
    yield OPINIONS, max(back - w.rng.randint(1, 2), 0)
    _accept(w, opinion)


def _merged(w: World, project: str, number: int, into: int, back: int) -> Story:
    yield OPINIONS, back
    opinion = _said(w, project, number)
    yield OPINIONS, back - 1
    _accept(w, opinion)
    actions.merge(opinion, into=w.said[project, into], by=w.who("office"), at=w.tick())


def _alone(w: World, project: str, number: int, outcome: str, to: str, back: int, words: str) -> Story:
    yield OPINIONS, back
    opinion = _said(w, project, number)
    yield OPINIONS, back - 1
    _accept(w, opinion)
    yield OPINIONS, back - 3
    _decide(w, opinion, outcome, to, "", words)


def _open(w: World, project: str, number: int, accepted: bool, back: int) -> Story:
    yield OPINIONS, back
    opinion = _said(w, project, number)
    if accepted:
        yield OPINIONS, back - 1
        _accept(w, opinion)


def _other(w: World, back: int, project: str, place: str, text: str, outcome: str, reason: str) -> Story:
    yield OPINIONS, back
    opinion = _submit(w, project, place, text, ())
    yield OPINIONS, back - 1
    _accept(w, opinion)
    yield OPINIONS, back - 4
    words = {"answer": ANSWERED, "department": BY_DEPARTMENT}.get(outcome, "")
    to = {"department": "区民政局", "hotline": "区 12345 热线办", "discipline": "区纪委监委信访室"}.get(outcome, "")
    _decide(w, opinion, outcome, to, reason, words)
    if outcome == Outcome.DECLINE and reason == "empty":
        yield OPINIONS, back - 25
        actions.archive(opinion, by=w.who("office"), at=w.at)


def _doubtful(w: World, number: int, text: str, doubts: tuple[Doubt, ...], back: int, spam: str) -> Story:
    yield OPINIONS, back
    opinion, _code = actions.submit(text=text, jurisdiction=w.district.jurisdiction, at=w.at, doubts=doubts,
                                    identity_mode=IdentityMode.ANONYMOUS, key=UUID(int=number, version=4))
    if spam:
        yield OPINIONS, back - 1
        actions.set_aside([opinion], by=w.who("office"), at=w.at, reason=spam)


def _accept(w: World, opinion: Opinion) -> None:
    actions.accept(opinion, by=w.who(w.rng.choice(("office", "office2"))), at=w.at)


def _decide(w: World, opinion: Opinion, outcome: str, to: str, reason: str, words: str) -> None:
    by, said = w.who("office"), words or wording.letter(outcome, reason)
    if outcome == Outcome.ANSWER:
        actions.answer(opinion, message=said, by=by, at=w.at)
    elif outcome == Outcome.KEEP:
        actions.keep(opinion, message=said, by=by, at=w.at)
    elif outcome == Outcome.DECLINE:
        actions.decline(opinion, reason=reason, message=said, by=by, at=w.at)
    else:
        actions.refer(opinion, outcome=outcome, passed_to=to, message=said, by=by, at=w.at)


# --- how somebody says it -----------------------------------------------------------------------------------------


def _said(w: World, project: str, number: int) -> Opinion:
    tag, place, text = VOICES[project][number]
    resident = Resident.objects.get(user=w.who("resident")) if (project, number) in FROM_ACCOUNT else None
    shown = SHOWN.get((project, number))
    photos = (pictures.picture(shown, Random(number)),) if shown else ()
    opinion = w.said[project, number] = _submit(w, project, place, text, (tag,), resident, photos)
    return opinion


def _submit(w: World, project: str, place: str, text: str, tags: Iterable[str],
            resident: Resident | None = None, photos: Iterable[Any] = ()) -> Opinion:
    d = w.district
    channel, by = (Channel.WEB, None) if resident else _way(w, project)
    mode, contact = _identity(w)
    if resident and mode == IdentityMode.ANONYMOUS:
        mode = IdentityMode.CPPCC_ONLY
    opinion, _code = actions.submit(
        text=text, jurisdiction=d.jurisdiction, at=w.at, project=d.projects.get(project),
        community=d.communities.get(project), place=place, tags=tuple(tags), channel=channel, identity_mode=mode,
        contact=contact, share_with_department=mode == IdentityMode.DEPARTMENT, resident=resident,
        key=UUID(int=w.rng.getrandbits(128), version=4), entered_by=w.who(by) if by else None,
        photos=tuple(photos))
    return opinion


def _way(w: World, project: str) -> tuple[Channel, str | None]:
    """Half come by the web page; the others are taken down by the office, a member or a cadre of that place."""
    ways: list[tuple[Channel, str | None]] = [
        (Channel.WEB, None), (Channel.WEB, None), (Channel.WEB, None), (Channel.WEB, None), (Channel.PHONE, "office"),
        (Channel.WALK_IN, "office2"), (Channel.LETTER, "office"), (Channel.HOTLINE, "office2"),
        (Channel.MEMBER, w.rng.choice(("member", "lawyer", "planner", "teacher", "doctor")))]
    if project:
        ways.append((Channel.ON_SITE, {"baima": "cadre", "dongshe": "cadre2", "nanwei": "cadre3"}[project]))
    return w.rng.choice(ways)


def _identity(w: World) -> tuple[str, dict[str, str] | None]:
    """Most leave an invented name and number with the office; some let the department know; some stay anonymous."""
    mode = w.rng.choice((IdentityMode.CPPCC_ONLY, IdentityMode.CPPCC_ONLY, IdentityMode.DEPARTMENT, IdentityMode.ANONYMOUS))
    if mode == IdentityMode.ANONYMOUS:
        return mode, None
    name = w.rng.choice(SURNAMES) + w.rng.choice(GIVEN)
    return mode, {"name": name, "phone": f"1390000{w.rng.randrange(10_000):04d}"}
