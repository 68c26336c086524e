"""Sealed identity, blind index and masking: who said it stays apart from what was said.

Intake needs only the public key; opening needs the private one. No key is ever stored in the database.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from typing import Any, NamedTuple

from nacl.exceptions import CryptoError
from nacl.public import SealedBox

from consult.kit import digits, keys

#: Where a blob says to which record it belongs: one moved to another record does not open.
_OF = "of"


class CannotUnseal(ValueError):
    """The blob is damaged, belongs to another record, or was sealed to a key that is not here."""


class Sealed(NamedTuple):
    """An encrypted identity and the name of the key it was sealed to."""

    blob: bytes
    key_id: str


def present_id() -> str:
    """The name of the key that seals now."""
    return keys.id_of(bytes(keys.sealing_key()))


def seal(identity: dict[str, Any], of: str = "") -> Sealed:
    """Encrypt to the office's public key; not even the sealing process can read it back. ``of`` names the record."""
    key = keys.sealing_key()
    told = {**identity, _OF: of} if of else identity
    return Sealed(SealedBox(key).encrypt(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()),
                  keys.id_of(bytes(key)))


def unseal(blob: bytes | memoryview, key_id: str = "", of: str = "") -> dict[str, Any]:
    """Open a sealed identity with the private key named ``key_id`` (without a name: any that is here).

    Raises CannotUnseal, or ImproperlyConfigured for a key file that is damaged or missing; never gives back ciphertext.
    """
    held = keys.unsealing_keys()
    if key_id and key_id not in held:
        raise CannotUnseal(f"this identity was sealed to the key {key_id}, which is not in {keys.folder()}: "
                           "restore it from the backup of the keys")
    for key in [held[key_id]] if key_id else held.values():
        try:
            opened = dict(json.loads(SealedBox(key).decrypt(bytes(blob))))
        except (CryptoError, ValueError, TypeError):
            continue
        if (belongs := opened.pop(_OF, "")) and of and belongs != of:
            raise CannotUnseal("this identity belongs to another record")
        return opened
    raise CannotUnseal("this identity was not sealed to a key that is here, or is damaged")


def normal(value: str) -> str:
    """One spelling for one phone number or address: half-width, lower case, without separators and +86."""
    text = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", value)).casefold()
    return re.sub(r"^(\+86|0086|86)(?=1\d{10}$)", "", text)


def blind(value: str) -> str:
    """A keyed fingerprint of the normalised value: finds equal phone numbers without storing one."""
    return _blind(keys.blinding_key(), value)


def blinds(value: str) -> list[str]:
    """What to look for: the fingerprint by the present key, then by those whose fingerprints are being replaced."""
    return [_blind(key, value) for key in keys.blinding_keys()]


def _blind(key: bytes, value: str) -> str:
    return hmac.new(key, normal(value).encode(), hashlib.sha256).hexdigest()


# --- masking ----------------------------------------------------------------------------------------------------

#: Full-width letters and digits stand for their half-width twins; the length stays, so places stay.
_HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}
_GAP = r"[\s\-.·—]{0,2}"
_FREE = r"(?<![0-9])", r"(?![0-9])"


def _spread(*digits: str) -> str:
    """Digits with the spaces, dots and dashes people write between them, standing free of other digits."""
    return _FREE[0] + _GAP.join(digits) + _FREE[1]


_D = ("[0-9]",)
_MONTH = "(?:0" + _GAP + "[1-9]|1" + _GAP + "[0-2])"
_DAY = "(?:0" + _GAP + "[1-9]|[12]" + _GAP + "[0-9]|3" + _GAP + "[01])"
_PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"

#: Longest first: an identity number contains what looks like a telephone number.
_PERSONAL = tuple(re.compile(pattern) for pattern in (
    _spread("[1-9]", *_D * 5, "(?:1" + _GAP + "[89]|2" + _GAP + "0)", *_D * 2, _MONTH, _DAY, *_D * 3, "[0-9Xx]"),
    _spread("[1-9]", *_D * 5, *_D * 2, _MONTH, _DAY, *_D * 3),
    rf"[{_PLACES}]\s?[A-HJ-NP-Za-hj-np-z]\s?[·•.\-]?\s?[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳]"
    r"(?![A-Za-z0-9])",
    r"(?<![0-9])(?:\+|00)?86" + _GAP + _GAP.join(("1", "[3-9]", *_D * 9)) + _FREE[1],
    _spread("1", "[3-9]", *_D * 9),
    r"(?<![0-9])\(?0[0-9]{2,3}\)?[\s\-—]{0,2}[2-9][0-9]{2,3}" + _GAP + r"[0-9]{4}(?:[\-转][0-9]{1,6})?(?![0-9])",
    r"(?<=电话|座机|致电)[:为是\s]{0,3}[2-9][0-9]{2,3}" + _GAP + r"[0-9]{4}(?![0-9])",
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}",
))


#: A card in one run or in groups of four; no bank's begins like a date or a number of a file (ISO/IEC 7812).
_CARD = re.compile(r"(?<![0-9A-Za-z])(?<![0-9][.,])[3-69][0-9]{3}(?:(?P<gap>[ \-—·]{1,2})[0-9]{4}(?P=gap)[0-9]{4}(?P=gap)[0-9]{4}"
                   r"(?:(?P=gap)[0-9]{1,3})?|[0-9]{12,15})(?![0-9A-Za-z])(?![.,][0-9])")
_NUMERALS = "〇零一二三四五六七八九十"
_FEW, _COMMA = rf"(?:[0-9]{{1,3}}|[{_NUMERALS}]{{1,3}})\s?", r"[\s,，、\-]?"
_BUILDING = rf"(?:{_FEW}(?:号楼|栋|幢|座|#楼?|号院)|[A-Za-z](?:栋|幢|座))"
_UNIT, _FLOOR = rf"(?P<unit>{_FEW})(?:单元|门洞)", rf"(?:{_FEW}[层楼])?"
_ROOM = "(?:室|号房|房间)"
#: Behind a bare number: no sum, no day, no count of people, no office.
_NO_DOOR = "(?![0-9.%]|[户人平米㎡元万年个次件套间名栋号办会教接期棵辆盏份页条分天日月层楼])"
#: Where flats and homes are told. Only the numbers of unit and door are starred: the building can still be found.
_HOMES = tuple(re.compile(pattern) for pattern in (
    rf"(?:{_BUILDING}|(?:{_BUILDING}{_COMMA})?{_UNIT}){_COMMA}{_FLOOR}{_COMMA}"
    rf"(?:(?P<door>[0-9]{{2,4}}|[{_NUMERALS}]{{3,4}})\s?{_ROOM}|(?P<bare>[0-9]{{3,4}}){_NO_DOOR})",
    rf"{_UNIT}{_COMMA}{_FLOOR}(?:(?P<door>[0-9]{{1,4}})\s?(?:{_ROOM}|号(?![线令楼]))|(?P<bare>[0-9]{{3,4}})户)",
    r"(?<![0-9号第\-—－/.:])[0-9]{1,3}(?P<dash>[\-—－])(?P<unit>[0-9]{1,2})(?P=dash)(?!(?:19|20)[0-9]{2})"
    rf"(?P<door>[0-9]{{1,2}}[0-4][0-9]){_ROOM}?(?![\-—－/]){_NO_DOOR}",
    r"(?:(?:家住|住在|我住|现住|家在|我家|住址|家庭地址)[^,，。；;\n]{0,24}?(?:[路街巷弄村坊庄屯组排里院区]|大道|胡同)|门牌[号码为是:\s]{0,4})"
    r"(?P<door>[0-9]{1,4}(?:[\-—之][0-9]{1,3})?)\s?号(?![楼院线令桥井杆灯塔站库泵点]|地块|文件|公告|标段)",
))


#: Without these none of the patterns finds anything: most of what is said has none of them, and a list masks every line. Seven
#: digits not far apart, a place of plates before a letter, @; for the first two of the homes a house or its stairs, then a digit.
_NUMBERED = re.compile(rf"[0-9](?:[^0-9]{{0,4}}[0-9]){{6}}|@|[{_PLACES}]\s?[A-Za-z]")
_HOUSED = (_BUILT := re.compile("[#栋幢座]|单元|门洞|号楼|号院"), _BUILT, _DIGIT := re.compile("[0-9]"), _DIGIT)


def mask(text: str) -> str:
    """The text with telephone, identity, card and plate numbers, e-mail addresses and the numbers of flats and homes

    starred out; the rest as it was.
    """
    shadow = plain = text.translate(_HALF)
    if _NUMBERED.search(shadow):
        shadow = _CARD.sub(_card, shadow)
        for pattern in _PERSONAL:
            shadow = pattern.sub(lambda found: _stars(found.group()), shadow)
    for pattern, needed in zip(_HOMES, _HOUSED, strict=True):
        if needed.search(shadow):
            shadow = pattern.sub(_door, shadow)
    if shadow == plain:
        return text
    return "".join(hidden if hidden == "*" else said for said, hidden in zip(text, shadow, strict=True))


def _card(found: re.Match[str]) -> str:
    said = found.group()
    groups = re.findall("[0-9]+", said)
    money = len(groups) > 1 and all(group.endswith("0") for group in groups)
    return said if money or not digits.holds("".join(groups)) else _stars(said)


def _door(found: re.Match[str]) -> str:
    """The numbers of unit and door starred, the words beside them left."""
    said, start = found.group(), found.start()
    for name, told in found.groupdict().items():
        if told and name != "dash":
            stars = re.sub(rf"[0-9{_NUMERALS}]", "*", told)
            said = said[:found.start(name) - start] + stars + said[found.end(name) - start:]
    return said


def _stars(said: str) -> str:
    """As long as what was said: the first characters stay, so that a reader sees what kind of thing stood there."""
    if "@" in said:
        return said[0] + "*" * (said.index("@") - 1) + said[said.index("@"):]
    keep = 3 if len(said) > 8 else 2
    return said[:keep] + "*" * (len(said) - keep)
