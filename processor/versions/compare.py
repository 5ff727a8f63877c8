"""Says what changed between two versions of an article, and how much it matters: figures before names before prose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import Final

from processor.model import Article, Span
from processor.text import Extent
from processor.versions.alignment import Budget, align
from processor.versions.diff import Passage, render
from processor.versions.words import Paragraph, Word, WordKind, paragraphs

MAX_EDITS: Final = 200
"""Edits listed of one comparison; the significance counts all."""
MAX_COMPARED: Final = 300_000
"""Characters of a text that are compared; what follows counts as one passage."""
MAX_QUOTE: Final = 500
"""Characters quoted of a replaced passage; its offsets are always whole."""


class Part(StrEnum):
    TITLE = "title"
    TEXT = "text"


class EditKind(StrEnum):
    """What an edit touches, the weightiest that applies."""

    FIGURE = "figure"
    NAME = "name"
    PROSE = "prose"
    MOVED = "moved"
    """A whole paragraph stands elsewhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    kind: EditKind
    part: Part
    old: Span | None
    """The replaced words in the old title or text; None when words were only added. Long quotes are cut."""
    new: Span | None
    """The words that stand there now; None when words were only removed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What differs between two versions. Mirrored when the versions are exchanged."""

    significance: float
    """0 for nothing a reader would notice, up to 1; at least 0.5 when a figure changed, 0.3 when a name did."""
    edits: tuple[Edit, ...]
    """Title first, then the text in reading order; at most `MAX_EDITS`."""
    edit_count: int
    fields: tuple[str, ...]
    """Other fields that differ: author, outlet, published."""
    diff: str
    """For people: the changed places, old words as [-…-], new ones as {+…+}; cut when long."""

    @property
    def kinds(self) -> frozenset[EditKind]:
        return frozenset(edit.kind for edit in self.edits)


_WEIGHTS = {EditKind.FIGURE: 0.5, EditKind.NAME: 0.3, EditKind.PROSE: 0.02, EditKind.MOVED: 0.02}
_WEIGHT_OF_TITLE_PROSE = 0.1


def compare(old: Article, new: Article) -> Change:
    """What changed from `old` to `new`. Takes bounded time and space, whatever the texts are."""
    budget = Budget()
    title = _Comparison(Part.TITLE, old.title or "", new.title or "", budget)
    text = _Comparison(Part.TEXT, old.text, new.text, budget)
    found = title.found + text.found
    weights = [_weight(part.part, kind) for part in (title, text) for kind, _ in part.found]
    # Sorted, for the product of floats depends on their order.
    untouched = (1 - text.changed_share) * prod(sorted(1 - weight for weight in weights))
    return Change(
        significance=1 - untouched if found else 0.0,
        edits=(*title.edits(MAX_EDITS), *text.edits(MAX_EDITS))[:MAX_EDITS],
        edit_count=len(found),
        fields=tuple(name for name in ("author", "outlet", "published") if getattr(old, name) != getattr(new, name)),
        diff="\n".join(filter(None, (title.diff(), text.diff()))),
    )


def _weight(part: Part, kind: EditKind) -> float:
    return _WEIGHT_OF_TITLE_PROSE if part is Part.TITLE and kind is EditKind.PROSE else _WEIGHTS[kind]


class _Comparison:
    """Two versions of a title or a text, and the passages in which they differ."""

    def __init__(self, part: Part, old: str, new: str, budget: Budget) -> None:
        self.part, self._old, self._new = part, old, new
        self.found: list[tuple[EditKind, Passage]] = []
        self.changed_share = 0.0
        if old != new:
            self._compare(budget)

    def _compare(self, budget: Budget) -> None:
        old, new = (
            [paragraph for paragraph in paragraphs(text[:MAX_COMPARED]) if paragraph.key]
            for text in (self._old, self._new)
        )
        blocks = align([paragraph.key for paragraph in old], [paragraph.key for paragraph in new], budget)
        gone = [paragraph for block in blocks for paragraph in old[block.old_start : block.old_end]]
        come = [paragraph for block in blocks for paragraph in new[block.new_start : block.new_end]]
        moved = _moved(gone, come)
        self.found += [(EditKind.MOVED, Passage(_extent(there), _extent(here))) for there, here in moved]
        settled = {id(paragraph) for pair in moved for paragraph in pair}
        changed = 0
        for block in blocks:
            old_words, new_words = (
                [word for paragraph in side if id(paragraph) not in settled for word in paragraph.words]
                for side in (old[block.old_start : block.old_end], new[block.new_start : block.new_end])
            )
            after = _end_before(old, block.old_start), _end_before(new, block.new_start)
            changed += self._compare_words(old_words, new_words, after, budget)
        total = max(sum(len(paragraph.words) for paragraph in side) for side in (old, new))
        self.changed_share = min(1.0, changed / total) if total else 0.0
        self.found.sort(key=lambda edit: edit[1].new)
        if self._old[MAX_COMPARED:] != self._new[MAX_COMPARED:]:
            tails = (Extent(min(MAX_COMPARED, len(text)), len(text)) for text in (self._old, self._new))
            self.found.append((EditKind.PROSE, Passage(*tails)))

    def _compare_words(self, old: list[Word], new: list[Word], after: tuple[int, int], budget: Budget) -> int:
        """Adds the passages in which two runs of words differ; returns how many words these are.

        The runs stand after these offsets of the old and the new text: the place of a passage without words.
        """
        changed = 0
        for block in align([word.key for word in old], [word.key for word in new], budget):
            a, b = old[block.old_start : block.old_end], new[block.new_start : block.new_end]
            before = (
                (old[block.old_start - 1].end if block.old_start else after[0]),
                (new[block.new_start - 1].end if block.new_start else after[1]),
            )
            passage = Passage(*(_stretch(words, at) for words, at in zip((a, b), before, strict=True)))
            self.found.append((_edit_kind(a, b), passage))
            changed += max(len(a), len(b))
        return changed

    def edits(self, limit: int) -> list[Edit]:
        return [
            Edit(kind=kind, part=self.part, old=_span(self._old, passage.old), new=_span(self._new, passage.new))
            for kind, passage in self.found[:limit]
        ]

    def diff(self) -> str:
        return render(self.part, self._old, self._new, [passage for _, passage in self.found])


def _moved(gone: Sequence[Paragraph], come: Sequence[Paragraph]) -> list[tuple[Paragraph, Paragraph]]:
    """Paragraphs that vanished in one place and stand word for word in another."""
    places: dict[str, list[Paragraph]] = {}
    for paragraph in reversed(gone):
        places.setdefault(paragraph.key, []).append(paragraph)
    return [(places[paragraph.key].pop(), paragraph) for paragraph in come if places.get(paragraph.key)]


def _edit_kind(old: Sequence[Word], new: Sequence[Word]) -> EditKind:
    for kind, edit_kind in ((WordKind.FIGURE, EditKind.FIGURE), (WordKind.NAME, EditKind.NAME)):
        a, b = (Counter(word.key for word in side if word.kind is kind) for side in (old, new))
        if a != b:
            return edit_kind
    return EditKind.PROSE


def _extent(paragraph: Paragraph) -> Extent:
    return Extent(paragraph.start, paragraph.end)


def _end_before(side: Sequence[Paragraph], index: int) -> int:
    return side[index - 1].end if index else 0


def _stretch(words: Sequence[Word], at: int) -> Extent:
    return Extent(words[0].start, words[-1].end) if words else Extent(at, at)


def _span(text: str, extent: Extent) -> Span | None:
    if extent.start == extent.end:
        return None
    return Span(
        start=extent.start, end=extent.end, quote=text[extent.start : min(extent.end, extent.start + MAX_QUOTE)]
    )
