"""Renders the passages in which two versions differ for people to read, within a fixed size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from processor.text import Extent

MAX_DIFF_CHARACTERS: Final = 20_000
_MAX_PASSAGE = 600
_CONTEXT = 60


class Passage(NamedTuple):
    """A stretch of the old text and the stretch of the new one that replaced it; either may be empty."""

    old: Extent
    new: Extent


def render(heading: str, old: str, new: str, passages: Sequence[Passage]) -> str:
    """One line a place that changed, with a few words of the new text around it: [-old words-] {+new words+}."""
    lines = [f"@@ {heading} @@"] if passages else []
    size = 0
    for number, hunk in enumerate(hunks := _hunks(passages)):
        line = _line(old, new, hunk)
        size += len(line)
        if size > MAX_DIFF_CHARACTERS:
            lines.append(f"@@ {len(hunks) - number} more places @@")
            break
        lines.append(line)
    return "\n".join(lines)


def _hunks(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Passages whose surroundings would overlap, together."""
    hunks: list[list[Passage]] = []
    for passage in sorted(passages, key=lambda passage: (passage.new, passage.old)):
        if hunks and passage.new.start - hunks[-1][-1].new.end <= 2 * _CONTEXT:
            hunks[-1].append(passage)
        else:
            hunks.append([passage])
    return hunks


def _line(old: str, new: str, hunk: list[Passage]) -> str:
    first, last = hunk[0].new.start, hunk[-1].new.end
    begin = _context_start(new, first)
    parts = ["… " if begin and new[begin - 1] != "\n" else ""]
    at = begin
    for passage in hunk:
        parts.append(new[at : max(at, passage.new.start)])
        marked = [
            mark.format(_clip(text[extent.start : extent.end]))
            for mark, text, extent in (("[-{}-]", old, passage.old), ("{{+{}+}}", new, passage.new))
            if extent.end > extent.start
        ]
        # What was only removed leaves no room of its own in the new text.
        spaced = " " if passage.new.end == passage.new.start and parts[-1][-1:].strip() else ""
        parts.append(spaced + " ".join(marked))
        at = max(at, passage.new.end)
    end = _context_end(new, last)
    parts.append(new[at:end])
    parts.append(" …" if end < len(new) and new[end] != "\n" else "")
    return "".join(parts).replace("\n", " ¶ ")[: 8 * _MAX_PASSAGE]


def _context_start(text: str, at: int) -> int:
    """Where the surroundings begin: in the same paragraph, with a whole word."""
    start = max(text.rfind("\n", 0, at) + 1, at - _CONTEXT)
    if start and text[start - 1] != "\n" and (space := text.find(" ", start, at)) >= 0:
        start = space + 1
    return start


def _context_end(text: str, at: int) -> int:
    line_end = text.find("\n", at)
    end = min(len(text) if line_end < 0 else line_end, at + _CONTEXT)
    if end < len(text) and text[end] != "\n" and (space := text.rfind(" ", at, end)) >= 0:
        end = space
    return end


def _clip(passage: str) -> str:
    if len(passage) <= _MAX_PASSAGE:
        return passage
    return f"{passage[: _MAX_PASSAGE // 2]} … {passage[-_MAX_PASSAGE // 2 :]}"
