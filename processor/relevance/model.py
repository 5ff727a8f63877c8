"""Is an article a report of Vietnam's administrative reform? A probability, with the reasons for and against.

A dozen features of an article (`relevance.features`), its terms (`lexicon`) and its nearness to the seed articles
(`relevance.seeds`) are weighed by a logistic regression whose weights are data (`data/relevance.yml`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from processor.model import Article, Relevance, SeedSimilarity, TermWeight
from processor.relevance.calibration import fit_logistic, logistic
from processor.relevance.features import Features, Layout, Searched, measure, search
from processor.relevance.lexicon import Lexicon
from processor.relevance.seeds import Background, SeedArticle, SeedIndex, seed_digest

_SEEDS = "seeds"
_MOST_TERMS = 12
_LEAST_AGAINST = 4
"""So many of the reported terms are kept for reasons against, however strong the reasons for are."""
_LEAST_WEIGHT = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class LinearRule:
    """Weights of features and a constant; their sum is the log-odds."""

    weights: Mapping[str, float]
    constant: float

    def log_odds(self, values: Mapping[str, float]) -> float:
        return self.constant + sum(weight * values[name] for name, weight in self.weights.items())


@dataclass(frozen=True, kw_only=True, slots=True)
class RelevanceRules:
    """What is data in relevance: the two rules and the probability from which on an article is a report."""

    article: LinearRule
    headline: LinearRule
    """For a title without a text."""
    threshold: float

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RelevanceRules:
        return cls(
            article=LinearRule(weights=data["article"]["weights"], constant=data["article"]["constant"]),
            headline=LinearRule(weights=data["headline"]["weights"], constant=data["headline"]["constant"]),
            threshold=data["threshold"],
        )


class RelevanceModel:
    """Judges articles. Immutable once built; `judge` is pure."""

    def __init__(
        self,
        lexicon: Lexicon,
        rules: RelevanceRules,
        seeds: Sequence[SeedArticle],
        background: Background,
        rules_digest: str,
    ) -> None:
        self.lexicon = lexicon
        self._rules = rules
        self._seeds = SeedIndex(seeds, background)
        self.version = f"{rules_digest}+{seed_digest(seeds)}"
        """Which rules and which seeds judge: a digest of each."""

    @classmethod
    def load(cls, seeds: Sequence[SeedArticle], threshold: float | None = None) -> RelevanceModel:
        """The project's own rules with the given seeds; a threshold (a probability) replaces the one of the rules.

        Raises ValueError for a threshold outside 0 to 1.
        """
        if threshold is not None and not 0.0 < threshold < 1.0:
            raise ValueError(f"a threshold is a probability between 0 and 1, not {threshold}")
        folder = resources.files("processor.data")
        lexicon_text = folder.joinpath("lexicon.yml").read_text(encoding="utf-8")
        rules_text = folder.joinpath("relevance.yml").read_text(encoding="utf-8")
        data = yaml.safe_load(rules_text)
        if threshold is not None:
            data["threshold"] = threshold
        digest = hashlib.sha256(f"{lexicon_text}\0{rules_text}\0{data['threshold']}".encode()).hexdigest()[:8]
        return cls(
            Lexicon.from_data(yaml.safe_load(lexicon_text)),
            RelevanceRules.from_data(data),
            seeds,
            Background.load(),
            digest,
        )

    def judge(self, article: Article, searched: Searched | None = None) -> Relevance:
        """The verdict with its reasons. An article that was searched with `lexicon` need not be searched again."""
        layout, features, nearest = self.features(article, searched)
        rule = self._rules.headline if layout.is_headline_only else self._rules.article
        score = logistic(rule.log_odds(features.values))
        return Relevance(
            is_report=score >= self._rules.threshold,
            score=score,
            seeds=nearest,
            terms=_deciding_terms(rule, features),
            version=self.version,
        )

    def features(
        self, article: Article, searched: Searched | None = None
    ) -> tuple[Layout, Features, tuple[SeedSimilarity, ...]]:
        """What the judgement rests on, for explaining it and for fitting the weights anew."""
        searched = searched or search(self.lexicon, article)
        layout = searched.layout
        features = measure(layout, searched.hits)
        nearest = self._seeds.similarities(searched.matched)
        # Unrelated news shares about 0.01 with a seed, a report 0.03 to 0.15: tenfold, it is of the others' scale.
        values = {**features.values, _SEEDS: 10 * nearest[0].similarity if nearest else 0.0}
        return layout, Features(values=values, shares=features.shares, counts=features.counts), nearest


def _deciding_terms(rule: LinearRule, features: Features) -> tuple[TermWeight, ...]:
    """The terms' parts of the log-odds, strongest first, with room for the reasons against."""
    parts: dict[str, float] = defaultdict(float)
    for name, weight in rule.weights.items():
        for term, share in features.shares.get(name, {}).items():
            parts[term] += weight * features.values[name] * share
    strongest = sorted(parts.items(), key=lambda part: (-abs(part[1]), part[0]))
    strongest = [part for part in strongest if abs(part[1]) >= _LEAST_WEIGHT]
    against = [part for part in strongest if part[1] < 0][:_LEAST_AGAINST]
    kept = [part for part in strongest if part not in against][: _MOST_TERMS - len(against)]
    chosen = sorted([*kept, *against], key=lambda part: (-abs(part[1]), part[0]))
    return tuple(TermWeight(term=term, weight=weight, count=features.counts[term]) for term, weight in chosen)


def refit(
    model: RelevanceModel,
    labelled: Iterable[tuple[Article, bool, float]],
    expected: Mapping[str, float],
    penalty: float,
) -> LinearRule:
    """The rule that fits labelled articles best near the expected weights.

    Each article comes with its label and with how much it counts.
    """
    names = list(expected)
    rows, labels, importance = [], [], []
    for article, label, weight in labelled:
        _, features, _ = model.features(article)
        rows.append([features.values[name] for name in names])
        labels.append(label)
        importance.append(weight)
    *weights, constant = fit_logistic(rows, labels, importance, list(expected.values()), penalty)
    return LinearRule(weights=dict(zip(names, weights, strict=True)), constant=constant)


@dataclass(frozen=True, kw_only=True, slots=True)
class SeedEffect:
    """What adding a seed changes for one article."""

    article: Article
    before: Relevance
    after: Relevance

    @property
    def changes_verdict(self) -> bool:
        return self.before.is_report is not self.after.is_report


def score_seed_effect(
    seeds: Sequence[SeedArticle], added: SeedArticle, articles: Iterable[Article], threshold: float | None = None
) -> tuple[SeedEffect, ...]:
    """How each article would be judged without and with the added seed; largest change of score first.

    Raises ValueError when the added seed takes the id of another.
    """
    if added.id in {seed.id for seed in seeds}:
        raise ValueError(f"there is already a seed {added.id!r}")
    before = RelevanceModel.load(seeds, threshold)
    after = RelevanceModel.load([*seeds, added], threshold)
    effects = [SeedEffect(article=each, before=before.judge(each), after=after.judge(each)) for each in articles]
    return tuple(sorted(effects, key=lambda effect: -abs(effect.after.score - effect.before.score)))
