"""The same scan by one process, by several and by a cluster's workers; subjects of one host stay together."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checker.demo import CityServer
from checker.errors import MachineError
from checker.fleet import run
from checker.fleet.keys import groups
from checker.scan import Task
from tests.scanning import QUICK, order, site
from tests.test_scan_resume import SITES, city, the_order


def outcomes(scan: Any) -> list[Any]:
    return [(s.id, s.verdict, [(a.rule, a.outcome) for a in s.assessments]) for s in scan.subjects]


def test_several_processes_find_the_same(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        one = run(the_order(server, tmp_path / "one"), lambda _: None)
        two = run(replace(the_order(server, tmp_path / "two"), workers=2), lambda _: None)
    assert outcomes(two) == outcomes(one)


def test_a_cluster_finds_the_same(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with CityServer(hosts=city()) as server:
        one = run(the_order(server, tmp_path / "one"), lambda _: None)
        cluster = distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="inproc://"
        )
        with cluster:
            wanted = replace(the_order(server, tmp_path / "two"), executor=f"dask={cluster.scheduler_address}")
            two = run(wanted, lambda _: None)
    assert outcomes(two) == outcomes(one)


def test_a_scheduler_that_is_not_there(tmp_path: Path) -> None:
    with CityServer(hosts=city()) as server:
        wanted = replace(the_order(server, tmp_path), executor="dask=tcp://127.0.0.1:1")
        with pytest.raises(MachineError, match="no scheduler answers there"):
            run(wanted, lambda _: None)


def test_subjects_that_share_a_host_share_a_worker() -> None:
    sites = [
        site("a.example", id="a"),
        site("b.example", id="b", aliases=["c.example"]),
        site("c.example", id="c"),
        site("a.example", id="a2", url="http://a.example/sub/"),
    ]
    tasks = [Task(s, Path("f"), Path("c"), QUICK) for s in sites]
    found = {frozenset(t.subject.id for t in group) for group in groups(tasks)}
    assert found == {frozenset({"a", "a2"}), frozenset({"b", "c"})}


__all__ = ["SITES", "order"]
