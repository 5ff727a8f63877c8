"""From the blocks chosen as an article's body to its lines: captions, dates, furniture and repetitions taken out."""

from __future__ import annotations

from collections.abc import Sequence

from processor.reading.boilerplate import Boilerplate
from processor.reading.captions import caption_indices, ends_sentence
from processor.reading.date_forms import written_dates
from processor.reading.tree import Block
from processor.text import fold

_HEADER_LINES = 3
_HEADER_ZONE = 6
"""Lines at the top of a text among which a date line may stand: lead, author, date, repeated heading."""
_QUOTED = 25
_MIN_STARTED = 120
"""Characters of text after which a comment form ends it; before, the words stand in a menu."""
_LONG = 100
_SHORT = 60
_FIRST_IDEOGRAPH = "\u2e80"
"""From here on Unicode has the scripts of Chinese, Japanese and Korean: portals have pages in those languages too."""
_BOX_GAP = 2
"""Most blocks between two links of one box: a date, a type of article."""


def clean_blocks(blocks: Sequence[Block], title: str | None, rules: Boilerplate) -> list[Block]:
    """The blocks that are text of the article."""
    blocks = _until_end(blocks, rules)
    heading = fold(title or "")
    captions = caption_indices(blocks)
    kept = [
        block
        for position, block in enumerate(blocks)
        if position not in captions and not rules.is_furniture(block.text) and not _is_heading(block.text, heading)
    ]
    while kept and (_is_edge(kept[-1], rules) or _quotes_title(kept[-1].text, heading)):
        kept.pop()
    for _ in range(_HEADER_LINES):
        if kept and _is_edge(kept[0], rules):
            del kept[0]
    return [block for index, block in enumerate(kept) if index >= _HEADER_ZONE or not _is_date_line(block.text)]


def _is_edge(block: Block, rules: Boilerplate) -> bool:
    """A line that stands before or after a text and gives a date, a file or an address."""
    return _is_date_line(block.text) or rules.is_file_or_address(block.text)


def _is_heading(line: str, heading: str) -> bool:
    return len(line) == len(heading) and fold(line) == heading


def _quotes_title(line: str, heading: str) -> bool:
    """A path of links or a print heading that ends in the title, cut or whole."""
    start = fold(line).find(heading[:_QUOTED]) if len(heading) >= _QUOTED else -1
    return start >= 0 and len(line) <= start + len(heading) + 4 and (start > 0 or line.endswith(("...", "…")))


def is_sentence_like(block: Block) -> bool:
    """Whether a block reads like running text rather than like an item of a menu."""
    if block.link_share > 0.5:
        return False
    if block.element.tag == "tr":
        # Only a row of figures is a block of its own.
        return True
    length = running_length(block)
    return length >= 60 or (length >= 25 and ends_sentence(block.text))


def running_length(block: Block) -> int:
    """A block's length, as long as its text would be in an alphabet: one sign of Chinese is about three letters."""
    return 3 * block.length if block.text[:1] >= _FIRST_IDEOGRAPH else block.length


def _until_end(blocks: Sequence[Block], rules: Boilerplate) -> list[Block]:
    """Without the lists of other articles and the comment forms that follow, or interrupt, the text."""
    kept: list[Block] = []
    position = seen = 0
    while position < len(blocks):
        block = blocks[position]
        started = seen >= _MIN_STARTED
        if started and rules.is_final(block.text):
            break
        if rules.begins_list(block.text) and (started or not block.heading):
            position = _after_list(blocks, position)
            continue
        kept.append(block)
        seen += block.length if is_sentence_like(block) else 0
        position += 1
    return kept


def _after_list(blocks: Sequence[Block], start: int) -> int:
    """Where the text goes on after a list of links that begins at `start`; the end when it does not.

    A box inside a text holds links alone, and paragraphs follow it. Where teasers stand between the links, what follows
    is teasers too.
    """
    links = [index for index in range(start + 1, len(blocks)) if _is_item(blocks[index])]
    # Links scattered over a whole text, each in a paragraph's place, do not belong to the box.
    box = start
    for index in links:
        if index - box > _BOX_GAP:
            break
        box = index
    following = box + 1
    while following < len(blocks) and blocks[following].length < _SHORT and not is_sentence_like(blocks[following]):
        following += 1
    ahead = blocks[following : following + 2]
    goes_on = len(ahead) == 2 and all(map(is_sentence_like, ahead)) and ahead[0].length + ahead[1].length >= 2 * _LONG
    if goes_on and not any(map(_is_paragraph, blocks[start + 1 : box])):
        return following
    between = [block for block in blocks[start + 1 : links[-1] if links else start] if _is_paragraph(block)]
    return len(blocks) if len(between) >= 2 and len(between) * 3 >= len(links) else following


def _is_paragraph(block: Block) -> bool:
    return block.length >= _LONG and not _is_item(block)


def _is_item(block: Block) -> bool:
    return block.link_share > 0.5 and block.length >= 15


def _is_date_line(text: str) -> bool:
    """A line that gives the date and hardly anything else."""
    if len(text) > 90:
        return False
    written = next(written_dates(text), None)
    return written is not None and len(text) - (written.end - written.start) <= 42 and not ends_sentence(text)


def join_broken(lines: Sequence[str]) -> list[str]:
    """Lines that a break inside a sentence cut apart, put together again."""
    joined: list[list[str]] = []
    for line in lines:
        if joined and line[:1].islower() and joined[-1][-1][-1:].isalnum():
            joined[-1].append(line)
        else:
            joined.append([line])
    return [" ".join(parts) for parts in joined]
