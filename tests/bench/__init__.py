"""Benchmarks: ratios against a baseline in the same run, never absolute promises. Run by `make bench`."""
