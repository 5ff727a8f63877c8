"""What any text may do to the steps of meaning: offsets hold, nothing depends on the process, nothing takes long."""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import processor
from processor.facts.finder import FactFinder
from processor.model import Article, PlaceResolution, Span
from processor.places.resolver import PlaceResolver
from processor.references.find import find_references
from processor.relevance.model import RelevanceModel
from processor.relevance.pillars import PillarTagger
from processor.relevance.seeds import load_seed_corpus
from processor.text import fold, normalise, sentences

PLACES = PlaceResolver.load()
FACTS = FactFinder.load()
PILLARS = PillarTagger.load()
RELEVANCE = RelevanceModel.load(load_seed_corpus())

PIECES = st.sampled_from(
    [
        *("UBND tỉnh Long An", "TP HCM", "huyện Cần Giuộc", "xã Tân An", "phường Long An", "Bộ Nội vụ", "Sở Tư pháp"),
        *("TP.Thủ Đức (TP HCM)", "UBND quận 9", "Bà Rịa – Vũng Tàu", "các tỉnh", "vùng Đồng bằng sông Cửu Long"),
        *("tiếp nhận 1.234 hồ sơ", "đúng hạn 98,5%", "(chiếm 1,5%)", "850 TTHC (40,48%) trực tuyến toàn trình"),
        *("lần lượt là 35%, 52%, 78%", "năm 2021, 2022 và 2023", "giai đoạn 2021-2025", "quý III/2024", "phấn đấu"),
        *("PAR Index đạt 87,42 điểm", "xếp hạng 8/63", "tăng 14 bậc so với năm 2021", "ở vị trí thứ 4,", "SIPAS"),
        *("Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ", "61/2018/NĐ-CP", "Luật số 76/2015/QH13", "6/ NQ-TU"),
        *(
            "cải cách thủ tục hành chính",
            "một cửa",
            "tinh giản biên chế",
            "nhậu trong giờ làm việc",
            "tự chủ tài chính",
        ),
        *(". ", ", ", "; ", "\n", "(", ")", "“", "”", " - ", ": ", " và ", "\u00a0", "\u0301", "İ", "ﬁ", "0", "Đ", "a"),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map(" ".join), st.lists(PIECES, max_size=30).map("".join), st.text())


def spans(text: str, title: str | None = None) -> Iterator[Span]:
    """Everything that the steps of meaning point to in a text."""
    article = Article(text=text, title=title)
    places = PLACES.resolve(article)
    references = find_references(text, None)
    yield from (span for place in places.places for span in place.spans)
    yield from (reference.span for reference in references)
    yield from (span for tag in PILLARS.tag(article) for span in tag.evidence)
    for fact in FACTS.find(article, places, references):
        assert fact.sentence.start <= fact.span.start <= fact.span.end <= fact.sentence.end
        yield from (fact.span, fact.sentence)


@settings(max_examples=150)
@given(TEXTS, st.one_of(st.none(), TEXTS))
def test_what_is_pointed_to_stands_there(raw: str, title: str | None) -> None:
    text = normalise(raw)
    for span in spans(text, title):
        assert text[span.start : span.end] == span.quote


DIGEST = """
import hashlib, sys
sys.path[:0] = [{root!r}]
from tests.unit.test_meaning_robustness import digest_of_meaning
print(digest_of_meaning())
"""


def digest_of_meaning() -> str:
    """One value for all that is read out of a text that holds something for every step."""
    text = (
        "UBND tỉnh Long An và UBND TP HCM cải cách hành chính theo 76/NQ-CP và 61/2018/NĐ-CP.\n"
        "Năm 2022, Long An xếp hạng 8/63 về PAR Index với 87,42 điểm; Đồng Tháp, Hậu Giang cũng tăng bậc.\n"
        "Huyện Cần Giuộc tiếp nhận 1.234 hồ sơ, đúng hạn 98,5%; một cửa, tinh giản biên chế, tự chủ tài chính.\n"
    )
    article = Article(text=text, title="Cải cách hành chính ở Long An")
    places, references = PLACES.resolve(article), find_references(text, None)
    meaning = (places, references, PILLARS.tag(article), RELEVANCE.judge(article))
    facts = FACTS.find(article, places, references)
    assert facts
    return hashlib.sha256(repr((*meaning, facts)).encode()).hexdigest()


def test_another_process_reads_the_same() -> None:
    root = os.path.dirname(os.path.dirname(processor.__file__))
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", DIGEST.format(root=root)]
    other = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest_of_meaning()


LIMIT_SECONDS = 0.1
"""What searching a megabyte may cost."""
PACKAGES = ("facts", "places", "references", "relevance")


def modules() -> Iterable[str]:
    """The modules of the steps of meaning, each with its package."""
    for package in PACKAGES:
        path = importlib.import_module(f"processor.{package}").__path__
        yield from (f"{package}.{module.name}" for module in pkgutil.iter_modules(path))


def patterns(value: object) -> Iterator[re.Pattern[str]]:
    """The compiled patterns in a module's variable, also those in a table."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from patterns(part)


def attacks(pattern: str) -> Iterator[str]:
    """Repetitions of what the pattern is made of: each character and word of it, alone and with what parts words."""
    words = list(dict.fromkeys(re.findall(r"[^\W\d_]{2,12}", pattern)))[:8]
    for unit in ("a", "A", "An ", "1", "1.", "1 ", " ", "(", ",", "\n", ". ", "- ", "/", "1/", "ngày 1/", *words):
        yield unit
        yield f"{unit} "


def search_seconds(pattern: re.Pattern[str], unit: str, size: int) -> float:
    """CPU seconds for the first matches in a text of that many characters, all of one unit."""
    text = unit * (size // len(unit))
    began = time.process_time()
    for _ in zip(range(3), pattern.finditer(text), strict=False):
        pass
    return time.process_time() - began


@pytest.mark.parametrize("module", list(modules()))
def test_no_pattern_hangs_on_what_it_is_made_of(module: str) -> None:
    """A megabyte is searched in a tenth of a second, however often the pattern nearly matches."""
    trial, megabyte = 20_000, 1_000_000
    for name, value in vars(importlib.import_module(f"processor.{module}")).items():
        for pattern in patterns(value):
            unit = max(attacks(pattern.pattern), key=lambda unit: search_seconds(pattern, unit, trial))
            # Several rounds, because a busy machine slows one or the other.
            for _ in range(5):
                seconds = search_seconds(pattern, unit, megabyte)
                if seconds < LIMIT_SECONDS:
                    break
            assert seconds < LIMIT_SECONDS, (name, unit)


STEPS: dict[str, Callable[[str], object]] = {
    "normalise": normalise,
    "fold": fold,
    "sentences": sentences,
    "references": lambda text: find_references(text, None),
    "places": lambda text: PLACES.resolve(Article(text=text, title=None)),
    "relevance": lambda text: RELEVANCE.judge(Article(text=text, title=None)),
    "pillars": lambda text: PILLARS.tag(Article(text=text, title=None)),
    "facts": lambda text: FACTS.find(Article(text=text, title=None), PlaceResolution(places=(), primary=None), ()),
}
DENSE = {
    "references": "61/2018/NĐ-CP ",
    "places": "Long An Hà Nội ",
    "figures": "Tỉnh Long An tiếp nhận 1.000 hồ sơ, giải quyết 900 hồ sơ. ",
    "indices": "Long An đạt PAR Index 87,5 điểm, xếp hạng 5/63. ",
    "one sentence": "tiếp nhận 1.000 hồ sơ, đúng hạn 98,5%, xếp hạng 5/63, ",
    "terms": "cải cách hành chính một cửa tinh giản biên chế ",
    "digits": "1.",
    "brackets": "(",
    "lines": "\n",
}


@pytest.mark.parametrize("unit", DENSE.values(), ids=DENSE)
@pytest.mark.parametrize("step", STEPS)
def test_a_dense_megabyte_is_read_in_time(step: str, unit: str) -> None:
    """About a second at worst where a step reads so much at all; the bound leaves room for a busy machine."""
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    STEPS[step](text)
    assert time.process_time() - began < 4.0
