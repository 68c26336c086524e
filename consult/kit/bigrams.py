"""Chinese text as overlapping pairs of characters, and the index over them: FTS5 on SQLite, a tsvector on PostgreSQL.

Both indexes are fed by ``grams()`` and asked through ``render()``: the same code, the same answers.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.db.backends.ddl_references import Statement

#: Han characters, also the rare ones; SQLite's tokenizer takes every one of them for a letter.
HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002ebe0\U00030000-\U000323af"
_RUN = re.compile(rf"([{HAN}]+)|((?:(?![{HAN}])[^\W_])+)")
#: Longer words are cut: an index entry of PostgreSQL ends at 2 kB.
LONGEST = 60

# On SQLite a full-text table stands beside ``kit_searchtext``; its rowid is the row's id, and it keeps no text.
FTS_MAKE = ("CREATE VIRTUAL TABLE IF NOT EXISTS kit_searchtext_fts USING fts5(grams, content='', "
            "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\", prefix='1')")
FTS_PUT_IN = "INSERT INTO kit_searchtext_fts (rowid, grams) VALUES (%s, %s)"
FTS_TAKE_OUT = "INSERT INTO kit_searchtext_fts (kit_searchtext_fts, rowid, grams) VALUES ('delete', %s, %s)"
FTS_EMPTY = "INSERT INTO kit_searchtext_fts (kit_searchtext_fts) VALUES ('delete-all')"
#: Keys of any hits, or of those that hold most; the limit stands inside, so that a frequent word costs no more.
ANY = {
    "sqlite": "SELECT t.object_id FROM (SELECT rowid AS id FROM kit_searchtext_fts WHERE kit_searchtext_fts MATCH %s"
              " LIMIT %s) AS f JOIN kit_searchtext t ON t.id = f.id",
    "postgresql": "SELECT object_id FROM kit_searchtext WHERE grams @@ %s::tsquery LIMIT %s",
}
BEST = {
    "sqlite": ANY["sqlite"].replace(" LIMIT", " ORDER BY rank LIMIT"),
    "postgresql": ANY["postgresql"].replace(" LIMIT", " ORDER BY ts_rank(grams, %s::tsquery) DESC LIMIT"),
}


class _Plain(dict[int, str]):
    """One character in its plain form. Character by character, so that a part of a text stays a part of it."""

    def __missing__(self, code: int) -> str:
        self[code] = unicodedata.normalize("NFKC", chr(code)).casefold()
        return self[code]


_plain = _Plain()


class Term(NamedTuple):
    """Pairs that follow one another, or, with ``start``, one thing that index entries begin with."""

    grams: tuple[str, ...]
    start: bool = False


def plain(text: str) -> str:
    """Half-width, lower case."""
    return text.translate(_plain)


def grams(text: str) -> list[str]:
    """The index entries of a text: pairs of neighbouring Chinese characters, the last one of a run alone, other words."""
    found: list[str] = []
    for run, word in _RUN.findall(plain(text)):
        found += [run[n:n + 2] for n in range(len(run))] if run else [word[:LONGEST]]
    return found


def qgrams(word: str, *, latin: bool = False) -> list[Term]:
    """What every text that holds ``word`` has in the index, and perhaps a few others. Empty: the index can't tell.

    Letters and digits count only with ``latin``: then words that begin with them are found, not those that hold them.
    """
    terms = []
    for run, other in _RUN.findall(plain(word)):
        if run:
            terms.append(Term(tuple(run[n:n + 2] for n in range(len(run) - 1)) or (run,), len(run) == 1))
        elif latin:
            terms.append(Term((other[:LONGEST],), True))
    return terms


def render(groups: Iterable[Sequence[Term]], vendor: str) -> str:
    """A query in the language of the database: one of each group. Entries are letters and digits: nothing to escape."""
    both, either = (" AND ", " OR ") if vendor == "sqlite" else (" & ", " | ")
    say = _fts if vendor == "sqlite" else _tsquery
    return both.join(f"({either.join(say(term) for term in group)})" for group in groups)


def _fts(term: Term) -> str:
    return f'"{" ".join(term.grams)}"{"*" if term.start else ""}'


def _tsquery(term: Term) -> str:
    return "(" + " & ".join(f"'{gram}'{':*' if term.start else ''}" for gram in term.grams) + ")"


class GramsField(models.Field[Any, Any]):
    """The entries of a text, one space between them: a tsvector on PostgreSQL; on SQLite FTS keeps them, not the row."""

    def db_type(self, connection: Any) -> str:
        return "text" if connection.vendor == "sqlite" else "tsvector"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s" if connection.vendor == "sqlite" else "array_to_tsvector(string_to_array(%s, ' '))"

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return "" if connection.vendor == "sqlite" else value


class GramIndex(models.Index):
    """The index itself: a GIN index, or the full-text table on SQLite, which goes with the index."""

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "sqlite":
            return Statement(FTS_MAKE)
        return super().create_sql(model, schema_editor, using=" USING gin", **kwargs)

    def remove_sql(self, model: Any, schema_editor: Any, **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "sqlite":
            return Statement("DROP TABLE IF EXISTS kit_searchtext_fts")
        return super().remove_sql(model, schema_editor, **kwargs)
