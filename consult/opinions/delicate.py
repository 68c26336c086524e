"""Words that are better left out of an opinion: numbers of papers and bank cards, illness, a child of under fourteen.

A warning, never a refusal (articles 28 to 31 of the law on personal information): whoever writes decides.
"""

import re

from django.utils.translation import gettext_lazy as _

from consult.kit.rules import Sentence

IDENTITY, BANK, HEALTH, CHILD = "identity", "bank", "health", "child"
KINDS: dict[str, Sentence] = {
    IDENTITY: _("an identity card number"), BANK: _("a bank card or account number"),
    HEALTH: _("something about an illness"), CHILD: _("a child under fourteen"),
}

_GAP = r"[ \-·.]?"
_IDENTITY = re.compile(rf"(?<!\d)[1-9]{_GAP}(?:\d{_GAP}){{5}}(?:1{_GAP}[89]|2{_GAP}0){_GAP}\d{_GAP}\d{_GAP}[01]{_GAP}\d{_GAP}"
                       rf"[0-3]{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}[\dXx](?!\d)")
_CARD = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{15,18}}(?!\d)")
_ACCOUNT = re.compile(rf"(?:银行|开户|账号|帐号|卡号)\D{{0,12}}\d(?:{_GAP}\d){{8,}}")
_HEALTH = re.compile("癌|肿瘤|白血病|尿毒症|透析|化疗|放疗|艾滋|梅毒|乙肝|肝炎|肺结核|精神病|精神分裂|抑郁|自闭|癫痫|糖尿病|"
                     "高血压|心脏病|冠心病|脑梗|中风|偏瘫|瘫痪|流产|病历|确诊|诊断书|残疾证|住院")
_CHILD = "(?:孩|娃|儿子|女儿|闺女|孙|外甥|侄|宝宝|小朋友|学生|男童|女童)"
_AGE = r"(?<![\d.])(\d{1,2}|[一二两三四五六七八九十]{1,2})(?:周岁|岁|个?月大)"
_CHILD_AGE = re.compile(rf"{_CHILD}[^。！？\n]{{0,12}}?{_AGE}|{_AGE}[^。！？\n]{{0,8}}?{_CHILD}")
_BELOW = re.compile(r"(?:未满|不满|不到)(?:14|十四)(?:周岁|岁)")
_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九十")} | {"两": 2}


def found(text: str) -> list[str]:
    """Which of the four kinds the text seems to hold, in the order of ``KINDS``."""
    half = text.translate({full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)})
    tests = {IDENTITY: _IDENTITY.search(half), BANK: _holds_bank(half), HEALTH: _HEALTH.search(half), CHILD: _holds_child(half)}
    return [kind for kind in KINDS if tests[kind]]


def _holds_bank(text: str) -> bool:
    numbers = (re.sub(r"\D", "", card.group()) for card in _CARD.finditer(text) if not _IDENTITY.fullmatch(card.group()))
    return bool(_ACCOUNT.search(text)) or any(_luhn(number) for number in numbers)


def _luhn(number: str) -> bool:
    """The check digit of bank cards (GB/T 15694)."""
    doubled = [int(sign) * (1 + n % 2) for n, sign in enumerate(reversed(number))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _holds_child(text: str) -> bool:
    ages = ((hit.group(1) or hit.group(2), hit.group()) for hit in _CHILD_AGE.finditer(text))
    return bool(_BELOW.search(text)) or any("月大" in said or _number(age) < 14 for age, said in ages)


def _number(said: str) -> int:
    """7, 七, 十, 十三."""
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.partition("十")
    return (_DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)) if ten else _DIGITS.get(said, 99)
