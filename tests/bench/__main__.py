"""`make bench`: every benchmark, or those named as arguments (processor, reading, meaning, throughput)."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench import processor, reading, throughput
from tests.bench.corpus import own_pages, real_pages

PARTS = ("processor", "reading", "meaning", "throughput")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which: {', '.join(PARTS)}; default all")
    parser.add_argument("--pages", type=Path, help="folder of real pages with ground-truth.json and html/")
    parser.add_argument("--samples", type=Path, nargs="*", default=[], help="folders of sample pages with truth.json")
    parser.add_argument("--labelled", type=Path, help="folder of labelled articles, as `reformwatch evaluate` reads")
    parser.add_argument("--count", type=int, default=10_000, help="pages of the throughput benchmark")
    arguments = parser.parse_args()
    parts = arguments.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(unknown)}")
    real = real_pages(arguments.pages) if arguments.pages else []
    if not real:
        print("no folder of real pages: only our own pages are read (make bench PAGES=folder)")
    if "processor" in parts:
        if real:
            processor.compare("real pages", real)
        processor.compare("seeds in every dress", own_pages())
        processor.known_sources()
    if "reading" in parts:
        reading.run(arguments.samples, real)
    if "meaning" in parts:
        processor.meaning(arguments.labelled)
    if "throughput" in parts:
        throughput.run(real or own_pages(), arguments.count)


if __name__ == "__main__":
    main()
