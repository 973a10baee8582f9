"""Reading the letters of an account: about a month or a document, by their ids, the newest."""

from __future__ import annotations

from collections.abc import Collection

from billing.domain.periods import Month
from billing.ports import Outside
from billing.records import DocumentRecord
from billing.records_letters import WORDS, LetterRecord, key_of, letters_in, scope_of
from billing.usecases.rows import rows_of

TOGETHER = 500  # rows of one call, for whom the letters of a page are read: a hundred of them with four addresses each
TOGETHER_MAX = 2_000  # rows, the letters in between among them; of what is left then each letter is read by itself
NEWEST_MAX = 500  # rows: ten years of letters to three addresses
_LAST = "~"  # behind every address of a letter, and behind its head


def letters_of(account: str, scope: Month | str, outside: Outside) -> tuple[LetterRecord, ...]:
    """The letters of an account about a month, or about one document (`scope_of`), in the order of their numbers."""
    return letters_in(rows_of(outside.store, "deliveries", account, prefix=f"{scope}_"))


def the_letter(letter: str, outside: Outside) -> LetterRecord:
    """A letter with all its addresses."""
    account, prefix = key_of(letter, "")
    (found,) = letters_in(rows_of(outside.store, "deliveries", account, prefix=prefix))
    return found


def letters_about(record: DocumentRecord, outside: Outside) -> tuple[LetterRecord, ...]:
    """The letters that carry the document: that of its month, if a run has made it, then its own, oldest first."""
    of_run = () if record.is_ordered else letters_of(record.account, record.month, outside)
    of_its_own = letters_of(record.account, scope_of(record.id), outside)
    return (*(letter for letter in of_run if record.id in letter.documents), *of_its_own)


def letters_by_id(letters: Collection[str], outside: Outside) -> dict[str, LetterRecord]:
    """Those of an account's letters that are there, by id, read as one range from the first of them to the last.

    Each call begins at the first that is not read yet. Letters that were not asked for may lie between them: so many
    rows are read together, and the rest letter by letter.
    """
    found: dict[str, LetterRecord] = {}
    left, rows_left = sorted({key_of(letter, "") for letter in letters}), TOGETHER_MAX
    while left:
        account, first = left[0]
        end = (left[-1][1] if rows_left > 0 else first) + _LAST
        page = outside.store.query("deliveries", account, after=first, before=end, limit=TOGETHER)
        rows_left -= len(page.rows)
        found |= {letter.id: letter for letter in letters_in(page.rows)}
        left = [key for key in left if key[1] + _LAST > (page.cursor or end)]  # a page may cut a letter; it holds many
    return {letter: found[letter] for letter in letters if letter in found}


def newest_letters(account: str, outside: Outside) -> tuple[LetterRecord, ...]:
    """The letters about the newest months and documents; the oldest of these perhaps not whole."""
    page = outside.store.query("deliveries", account, before=WORDS, limit=NEWEST_MAX, newest_first=True)
    return letters_in(page.rows)
