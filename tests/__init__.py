"""The tests; a package, so that they can share hand-made objects such as `tests.golden_scan`."""
