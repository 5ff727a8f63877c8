"""How near a text is to the seed articles, the examples of what a reform report is.

A text is its set of syllable pairs, each weighted by how rare it is in ordinary news; nearness is the cosine of two
such sets. The background counts (`data/background_df.tsv.gz`: in how many of 40,000 articles a pair occurs) were made
over the public `vietnews` summarisation corpus (Nguyen et al., 2019).
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick

from processor.model import SeedSimilarity
from processor.relevance.lexicon import view


@dataclass(frozen=True, kw_only=True, slots=True)
class SeedArticle:
    """An article that the owner holds to be a reform report."""

    id: str
    title: str
    text: str
    """Title, lead and body without the page's own lines (menus, captions, bylines, dates)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Background:
    """How often syllable pairs occur in ordinary news."""

    documents: int
    frequencies: Mapping[str, int]

    @classmethod
    def load(cls) -> Background:
        raw = resources.files("processor.data").joinpath("background_df.tsv.gz").read_bytes()
        head, *lines = gzip.decompress(raw).decode("utf-8").splitlines()
        pairs = (line.split("\t") for line in lines)
        return cls(
            documents=int(head.split("\t")[1]),
            frequencies={view(pair): int(count) for pair, count in pairs},
        )

    def rarity(self, pair: str) -> float:
        """Natural logarithm of documents per document with the pair; pairs never counted are as rare as it gets."""
        return math.log(self.documents / self.frequencies.get(pair, _LEAST_COUNT))


_LEAST_COUNT = 10
"""Pairs met in fewer than 20 background articles are not in the counts."""
_TYPICAL_RARITY = 5.0
"""Of a pair that no seed has: the mean over news texts."""
_TOKEN = re.compile(r"[^\W_]+|[^\w ]")
_COMMON = 1.5
"""Pairs rarer than in 22 % of all news say something; the others ("của các") only add noise."""


class SeedIndex:
    """The seeds' syllable pairs with their weights. Immutable once built."""

    def __init__(self, seeds: Sequence[SeedArticle], background: Background) -> None:
        self.ids = tuple(seed.id for seed in seeds)
        self._pairs: list[_Pair] = []
        # pyahocorasick carries no types.
        self._automaton: Any = ahocorasick.Automaton()
        norms = [0.0] * len(seeds)
        for text, holders in _pair_holders(seeds).items():
            square = background.rarity(text) ** 2
            if square < _COMMON * _COMMON:
                continue
            self._automaton.add_word(f" {text}", len(self._pairs))
            self._pairs.append(_Pair(square, holders))
            for number in holders:
                norms[number] += square
        self._norms = [math.sqrt(norm) or 1.0 for norm in norms]
        self._automaton.make_automaton()

    def similarities(self, matched: str) -> tuple[SeedSimilarity, ...]:
        """Cosine with each seed, nearest first. `matched` is a text as `lexicon.view` gives it."""
        line = f" {matched} ".replace("\n", " ")
        shared = self._shared_pairs(line) if self._pairs else set()
        # Looking up every other pair would cost more than all the rest: they count as distinct and typical.
        others = max(0, line.count(" ") - 1 - len(shared))
        squares = others * _TYPICAL_RARITY * _TYPICAL_RARITY
        products = [0.0] * len(self.ids)
        for index in shared:
            square, holders = self._pairs[index]
            squares += square
            for number in holders:
                products[number] += square
        norm = math.sqrt(squares) or 1.0
        found = [
            SeedSimilarity(seed=seed, similarity=min(1.0, product / (norm * own)))
            for seed, product, own in zip(self.ids, products, self._norms, strict=True)
        ]
        return tuple(sorted(found, key=lambda each: (-each.similarity, each.seed)))

    def _shared_pairs(self, line: str) -> set[int]:
        return {index for last, index in self._automaton.iter(line) if not line[last + 1].isalnum()}


class _Pair(NamedTuple):
    square: float
    """Of its rarity."""
    holders: tuple[int, ...]
    """Numbers of the seeds that have it."""


def _pair_holders(seeds: Sequence[SeedArticle]) -> dict[str, tuple[int, ...]]:
    """Two syllables with nothing but a space between them, and which seeds have them."""
    holders: dict[str, tuple[int, ...]] = {}
    for number, seed in enumerate(seeds):
        tokens = _TOKEN.findall(view(f"{seed.title}\n{seed.text}"))
        pairs = {pair for pair in itertools.pairwise(tokens) if pair[0].isalpha() and pair[1].isalpha()}
        for first, second in sorted(pairs):
            text = f"{first} {second}"
            holders[text] = (*holders.get(text, ()), number)
    return holders


def seed_digest(seeds: Iterable[SeedArticle]) -> str:
    """Eight hexadecimal digits that change with any seed's content, not with the order of the seeds."""
    contents = sorted([seed.id, seed.title, seed.text] for seed in seeds)
    return hashlib.sha256(json.dumps(contents, ensure_ascii=False).encode("utf-8")).hexdigest()[:8]


def load_seed_corpus(extra: Path | None = None) -> tuple[SeedArticle, ...]:
    """The project's own seeds and, when a directory is given, the owner's additions, ordered by id.

    An addition is a UTF-8 text file whose first line is the title. Raises ValueError when an addition takes the id
    of another seed or is empty.
    """
    added = sorted(extra.glob("*.txt")) if extra is not None else []
    seeds = [
        *_package_seeds(),
        *(read_seed(path.stem.split("_")[0], path.read_text(encoding="utf-8")) for path in added),
    ]
    ids = [seed.id for seed in seeds]
    for repeated in {each for each in ids if ids.count(each) > 1}:
        raise ValueError(f"two seeds have the id {repeated!r}")
    return tuple(sorted(seeds, key=lambda seed: seed.id))


def read_seed(seed_id: str, content: str) -> SeedArticle:
    """A seed from plain text whose first line is its title. Raises ValueError when there is no text below it."""
    title, _, text = content.strip().partition("\n")
    if not text.strip():
        raise ValueError(f"seed {seed_id!r} has no text below its first line, the title")
    return SeedArticle(id=seed_id, title=title.strip(), text=text.strip())


def _package_seeds() -> Iterable[SeedArticle]:
    folder = resources.files("seeds")
    gold = json.loads(folder.joinpath("gold.json").read_text(encoding="utf-8"))
    for entry in gold["seeds"]:
        yield _package_seed(folder, entry)


def _package_seed(folder: Traversable, entry: Mapping[str, object]) -> SeedArticle:
    lines = folder.joinpath(str(entry["file"])).read_text(encoding="utf-8").split("\n")
    main = entry["main_lines"]
    assert isinstance(main, list)
    title = str(entry["title"])
    kept = [lines[number - 1].strip() for number in main]
    text = "\n".join(line for line in kept if line and line != title)
    return SeedArticle(id=str(entry["file"]).split("_")[0], title=title, text=text)
