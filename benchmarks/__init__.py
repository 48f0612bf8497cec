"""Measures of the suite's speed (docs/benchmarks.md). Each script prints ratios measured in one run."""
