"""Every sentence is there in both languages."""

import re
import shutil
import subprocess

import polib
import pytest
from django.utils.translation.template import templatize

from tests.house.law import ROOT, files, place, text

LANGUAGES = ("zh_Hans", "en")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")


def file(language: str, ending: str) -> str:
    # polib takes the path of a missing file for the text of a catalogue.
    path = ROOT / "locale" / language / "LC_MESSAGES" / f"django.{ending}"
    assert path.exists(), f"{place(path)} is missing"
    return str(path)


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(file(language, "po"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_or_doubtful(language):
    po = catalogue(language)
    assert [entry.msgid for entry in po.untranslated_entries()] == []
    assert [entry.msgid for entry in po.fuzzy_entries()] == []
    assert [entry.msgid for entry in po.obsolete_entries()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_kept(language):
    wrong = [entry.msgid for entry in catalogue(language)
             for said in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
             # A plural form may say "one" instead of the number.
             if not set(PLACEHOLDER.findall(said)) <= set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
             or (not entry.msgid_plural and set(PLACEHOLDER.findall(entry.msgid)) - set(PLACEHOLDER.findall(said)))]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_that_of_the_source(language):
    compiled = polib.mofile(file(language, "mo"))

    def said(entries):
        return {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in entries if entry.msgid}

    assert said(compiled) == said(entry for entry in catalogue(language) if not entry.obsolete)


def test_chinese_catalogue_is_chinese():
    """A sentence copied over from English is no translation; codes, names and figures are."""
    latin = [entry.msgid for entry in catalogue("zh_Hans") if entry.msgstr == entry.msgid
             and len(re.findall(r"[A-Za-z]{3,}", PLACEHOLDER.sub("", entry.msgid))) > 2]
    assert latin == []


KEYWORDS = ("gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3",
            "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3")


def messages() -> set[str]:
    """The msgids of code and templates, as ``makemessages`` finds them."""
    code = [text(source) for source in files("consult", "portal")]
    pages = [templatize(text(source)) for name in ("*.html", "*.txt") for source in files("templates", name=name)]
    command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--output=-",
               *(f"--keyword={word}" for word in KEYWORDS), "-"]
    found: set[str] = set()
    for source in (*code, *pages):
        out = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
        found |= {entry.msgid for entry in polib.pofile(out)} if out.strip() else set()
    return found - {""}


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext's tools are not installed")
def test_catalogues_hold_exactly_what_the_house_says():
    said = messages()
    for language in LANGUAGES:
        kept = {entry.msgid for entry in catalogue(language) if not entry.obsolete}
        assert sorted(said - kept) == [], f"missing in {language}"
        assert sorted(kept - said) == [], f"said nowhere any more, but in {language}"
