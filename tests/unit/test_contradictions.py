from __future__ import annotations

from dataclasses import replace

import pytest

from processor.facts.contradictions import IndexTable, SourcedFact, contradictions
from processor.model import Fact, FactKind, Place, PlaceLevel
from tests.unit.fact_reading import read

TABLE = IndexTable.load()


def fact(text: str, place: str = "Hải Phòng") -> Fact:
    (found,) = read(text, place)
    return found


def claim(found: Fact, source: str, *, is_official: bool = False, is_correction: bool = False) -> SourcedFact:
    return SourcedFact(
        fact=found, article=f"{source}-1", source=source, is_official=is_official, is_correction=is_correction
    )


HIGH = fact("PAR Index năm 2023 của Hải Phòng đạt 91,87%.")
LOW = fact("PAR Index năm 2023 của Hải Phòng đạt 91,81 điểm.")


def test_two_independent_scores_of_one_year_are_reported_with_nothing_decided() -> None:
    (found,) = contradictions([claim(HIGH, "a"), claim(LOW, "b")])
    assert (found.slot, found.preferred) == ("value", None)
    assert {found.one.fact.value, found.other.fact.value} == {91.87, 91.81}


def test_copies_of_one_source_do_not_contradict_each_other() -> None:
    assert contradictions([claim(HIGH, "a"), claim(LOW, "a")]) == ()


@pytest.mark.parametrize("mark", ["is_official", "is_correction"])
def test_an_official_figure_or_a_correction_is_preferred_but_nothing_is_dropped(mark: str) -> None:
    marked = claim(LOW, "b", is_official=mark == "is_official", is_correction=mark == "is_correction")
    (found,) = contradictions([claim(HIGH, "a"), marked])
    assert found.preferred == marked
    both = claim(HIGH, "a", is_official=mark == "is_official", is_correction=mark == "is_correction")
    assert contradictions([both, marked])[0].preferred is None


def test_other_years_places_kinds_and_rounding_are_no_contradiction() -> None:
    others = [
        fact("PAR Index năm 2022 của Hải Phòng đạt 90,09%."),
        fact("PAR Index năm 2023 của Quảng Ninh đạt 92,18%.", "Quảng Ninh"),
        fact("Phấn đấu PAR Index năm 2023 của Hải Phòng đạt 95%."),
        fact("PAR Index năm 2023 của Hải Phòng đạt 91,9%."),
        fact("PAR Index năm 2023 của Hải Phòng đạt hơn 90%."),
    ]
    assert contradictions([claim(HIGH, "a"), *(claim(other, f"s{n}") for n, other in enumerate(others))]) == ()


def test_ranks_out_of_different_numbers_are_not_compared() -> None:
    before = fact("Chỉ số PCI năm 2024 của Hải Phòng xếp thứ 5/34.")
    after = fact("Chỉ số PCI năm 2024 của Hải Phòng xếp thứ 1/63.")
    assert contradictions([claim(before, "a"), claim(after, "b")]) == ()
    again = fact("Chỉ số PCI năm 2024 của Hải Phòng xếp thứ 2/63.")
    assert contradictions([claim(after, "a"), claim(again, "b")])[0].slot == "rank"


def test_districts_of_one_name_in_two_provinces_are_two_places() -> None:
    def of(inside: str, value: float) -> Fact:
        place = Place(then="huyện Châu Thành", level=PlaceLevel.DISTRICT, province_then=inside)
        return replace(HIGH, indicator="dossiers_online_rate", place=place, value=value)

    assert contradictions([claim(of("Long An", 80), "a"), claim(of("Bến Tre", 70), "b")]) == ()
    assert len(contradictions([claim(of("Long An", 80), "a"), claim(of("Long An", 70), "b")])) == 1


def test_a_claim_that_agrees_with_one_published_result_passes() -> None:
    assert TABLE.implausibilities([HIGH, LOW]) == ()


def test_a_claim_against_the_published_results_is_objected_to_with_the_source() -> None:
    wrong = fact("PAR Index năm 2023 của Hải Phòng đạt 81,87%, xếp thứ 9/63.")
    (objection,) = TABLE.implausibilities([wrong])
    assert objection.reason == "differs_from_table"
    assert "91.87" in objection.expected
    assert objection.source is not None


def test_the_countrys_mean_is_checked_and_that_of_the_ministries_is_not() -> None:
    text = "Giá trị trung bình PAR Index năm 2024 của {} đạt 84,5%."
    (national,) = read(text.format("cả nước"))
    (bodies,) = read(text.format("các bộ, cơ quan ngang bộ"))
    assert [one.fact for one in TABLE.implausibilities([national, bodies])] == [national]


def test_impossible_values_are_objected_to_for_provinces_only() -> None:
    low = replace(HIGH, value=32.0, year=2031)
    commune = replace(low, place=Place(then="xã A", level=PlaceLevel.COMMUNE, province_then="Hải Phòng"))
    assert [one.reason for one in TABLE.implausibilities([low, commune])] == ["out_of_bounds"]


def test_a_rank_beyond_the_number_of_units_is_impossible() -> None:
    broken = replace(HIGH, value=None, rank=64, out_of=63, kind=FactKind.PREVIOUS, year=2031)
    assert [one.reason for one in TABLE.implausibilities([broken])] == ["rank_beyond_count"]
