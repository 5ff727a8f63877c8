"""Batches and patience: few calls for many tasks, and nobody's failure is another's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from crawler.batching import Batcher, GivenUp, Patience
from store.errors import BusUnavailable, NeverValid
from store.health import Health


def batcher(handle: Callable[[Sequence[int]], None], *, stopping: bool = False, most: int = 4) -> Batcher[int]:
    return Batcher(handle, patience=Patience(health=Health(), must_stop=lambda: stopping), most=most)


def test_what_comes_together_is_handled_together_in_order_and_bounded() -> None:
    handled: list[list[int]] = []

    async def main() -> None:
        batches = batcher(lambda items: handled.append(list(items)))
        await asyncio.gather(*(batches.submit(number) for number in range(10)))
        await batches.submit(10)

    asyncio.run(main())
    assert handled == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9], [10]]


def test_a_submit_returns_only_when_its_own_batch_was_handled() -> None:
    handled: list[int] = []

    async def main() -> None:
        batches = batcher(handled.extend, most=1)

        async def submit(number: int) -> bool:
            await batches.submit(number)
            return number in handled

        assert all(await asyncio.gather(*(submit(number) for number in range(6))))

    asyncio.run(main())


def test_a_batch_that_can_never_be_handled_fails_for_its_items_only() -> None:
    def handle(items: Sequence[int]) -> None:
        if 2 in items:
            raise NeverValid("two")

    async def main() -> list[object]:
        batches = batcher(handle, most=2)
        return list(await asyncio.gather(*(batches.submit(number) for number in range(6)), return_exceptions=True))

    results = asyncio.run(main())
    assert [isinstance(result, NeverValid) for result in results] == [False, False, True, True, False, False]


def test_a_dependency_that_comes_back_is_waited_for_and_health_says_so_meanwhile() -> None:
    health = Health()
    reports: list[tuple[str, ...]] = []
    outcomes = iter([BusUnavailable("down"), None])

    def publish() -> str:
        reports.append(health.report().problems)
        if (error := next(outcomes)) is not None:
            raise error
        return "done"

    patience = Patience(health=health, must_stop=lambda: False)
    assert asyncio.run(patience.call(publish)) == "done"
    assert reports == [(), ("waiting for bus",)]
    assert health.report().problems == ()


def test_a_stop_ends_the_waiting() -> None:
    def publish(_: Sequence[int]) -> None:
        raise BusUnavailable("down")

    async def main() -> None:
        await batcher(publish, stopping=True).submit(1)

    with pytest.raises(GivenUp, match="bus"):
        asyncio.run(main())
