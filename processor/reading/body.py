"""The text of an article: what two independent readings of the page agree on.

One reading is trafilatura's; the other finds the element that holds most of the page's prose. Their errors lie in
different places, mostly at the edges (teasers, bylines, related items), so the text runs from the first to the last
block that both confirm. Where they contradict each other, the reading that looks more like prose is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from processor.reading.agreement import Reading, words_of
from processor.reading.container import Container, begins_below, is_declared
from processor.reading.tree import CAPTION, COMMENT, FRAME, Block, PageTree

_MIN_AGREEMENT = 0.6
"""Share of trafilatura's words that the container must confirm before its edges are believed (0.5 to 0.7 do alike)."""
_SUBSET = 0.9
"""Share of the container's words in trafilatura's text from which one contains the other."""
_PROSE = 0.7
_DECLARED_PROSE = 0.85
_SHORT_PROSE = 60
"""Length of a paragraph of what one reading adds to the other: instructions and answers have short ones."""
_TABLE_TAGS = frozenset({"td", "tr", "tbody", "table"})
_MARGIN = 0.1
_MIN_PLACED = 0.5
"""Share of trafilatura's text that must be found again on the page; rows of numbers are not."""
_LONG, _PART = 160, 0.3
"""Length of paragraphs, which teasers do not have, and the share of them outside a container that casts doubt on it."""
_ITEM_TAGS = frozenset({"li", "td", "th", "dd", "dt"})
_LINKED = 0.8
"""Share of links from which a line is a link to something else, whatever trafilatura makes of it."""
_OWN_PROSE = 80
"""From this length a block of the container is kept even when trafilatura leaves it out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The blocks of the text, in order; or lines without a place on the page, when only trafilatura found them."""

    blocks: tuple[Block, ...]
    lines: tuple[str, ...] = ()


def choose_body(
    page: PageTree, container: Container | None, second_reading: Callable[[], str | None], title: Block | None
) -> Body:
    """The body from the container and from trafilatura's text, either of which may be missing.

    `second_reading` is asked only where needed, because it costs more than all other steps together.
    """
    if container is not None and _is_certain(container, title) and not _is_part(page, container):
        return Body(blocks=tuple(container.kept))
    lines = [line for line in (second_reading() or "").split("\n") if line.strip()]
    if container is None or not container.kept:
        return Body(blocks=tuple(_placed(page, lines)), lines=tuple(lines))
    if not lines:
        return Body(blocks=tuple(container.kept))
    second = Reading(lines)
    own = Reading([block.text for block in container.kept])
    shared, covered = own.share_confirmed(second), second.share_confirmed(own)
    if shared >= _MIN_AGREEMENT and covered >= _MIN_AGREEMENT:
        agreed = _agreed(page.blocks, container, second)
        if agreed:
            return Body(blocks=tuple(agreed))
    if shared >= _MIN_AGREEMENT or not _second_is_better(page, container, lines, covered, title):
        return Body(blocks=tuple(container.kept))
    return Body(blocks=tuple(_placed(page, lines)), lines=tuple(lines))


def _is_certain(container: Container, title: Block | None) -> bool:
    """Whether a container of prose has a second witness: its name, a title in the same table, or nothing else in it.

    (Of tables that lay out a page trafilatura makes one table of everything.)
    """
    prose = _prose_share(container.kept)
    if prose < _PROSE:
        return False
    below = title is not None and begins_below(container, title)
    if below and len(container.kept) == len(container.blocks):
        return True
    in_table = below and container.element.tag in _TABLE_TAGS
    return prose >= _DECLARED_PROSE and (in_table or is_declared(container))


def _is_part(page: PageTree, container: Container) -> bool:
    """Whether so much long prose stands outside a container that it may be one of several that hold the text.

    Teasers and furniture are shorter than paragraphs; readers' comments are not, and do not count.
    """
    kept = {block.index for block in container.kept}
    inside = sum(block.length for block in container.kept if _is_long(block))
    outside = sum(
        block.length
        for block in page.blocks
        if block.index not in kept and not block.flags & (FRAME | COMMENT | CAPTION) and _is_long(block)
    )
    return outside > _PART * inside


def _is_long(block: Block) -> bool:
    return block.length >= _LONG and block.link_share < 0.3


def _second_is_better(
    page: PageTree,
    container: Container,
    lines: Sequence[str],
    covered: float,
    title: Block | None,
) -> bool:
    """Whether trafilatura is to be believed where the two readings contradict each other.

    Where it found the container's text and more, the rest must be prose: a dump of the whole page is not. Where it
    found something else, the text that begins nearer below the title is the article's.
    """
    placed = _placed(page, lines)
    if sum(block.length for block in placed) < _MIN_PLACED * sum(map(len, lines)):
        return False
    if covered >= _SUBSET:
        kept_indices = {block.index for block in container.kept}
        return _prose_share([block for block in placed if block.index not in kept_indices], _SHORT_PROSE) >= _PROSE
    if title is not None:
        second_start = next(
            (block.index for block in placed if block.index > title.index and block.length >= _OWN_PROSE), None
        )
        own_start = next((block.index for block in container.kept if block.index > title.index), None)
        if second_start is not None and own_start is not None and abs(second_start - own_start) > 2:
            return second_start < own_start
    return _prose_share(placed) > _prose_share(container.kept) + _MARGIN


def _agreed(blocks: Sequence[Block], container: Container, second: Reading) -> list[Block]:
    kept = {block.index for block in container.kept}
    first, last = min(kept), max(kept)
    confirmed = {block.index for block in blocks[first : last + 1] if second.confirms(words_of(block.text))}
    both = sorted(confirmed & kept)
    if not both:
        return []
    agreed: list[Block] = []
    for block in reversed(blocks[both[0] : both[-1] + 1]):
        own = block.index in kept and (block.length > _OWN_PROSE or _heads(block, agreed)) and block.link_share < 0.2
        if own or (block.index in confirmed and (block.index in kept or not _is_link(block))):
            agreed.append(block)
    return agreed[::-1]


def _is_link(block: Block) -> bool:
    """Whether a line is nothing but a link to something else; items of lists and tables may be links and yet text."""
    return block.link_share >= _LINKED and not block.heading and block.element.tag not in _ITEM_TAGS


def _heads(block: Block, following: Sequence[Block]) -> bool:
    """Whether a block is the heading of what follows it at once."""
    return bool(block.heading and following) and following[-1].index == block.index + 1


def _placed(page: PageTree, lines: Sequence[str]) -> list[Block]:
    """The blocks of the page that a reading confirms."""
    reading = Reading(lines)
    return [block for block in page.blocks if reading.confirms(words_of(block.text))]


def _prose_share(blocks: Sequence[Block], longer_than: int = 100) -> float:
    """The share of a text that stands in unlinked blocks long enough to be sentences; menus have little of it."""
    total = sum(block.length for block in blocks)
    prose = sum(block.length for block in blocks if block.length > longer_than and block.link_share < 0.3)
    return prose / total if total else 0.0
