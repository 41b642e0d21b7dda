"""Which subjects share a worker: those on one server, whatever their names."""

from pathlib import Path

from checker.fetch import ConnectTo, FetchSettings
from checker.fleet.keys import groups, politeness_keys, rates_of, resolved, with_references
from checker.scan import Task
from tests.scanning import QUICK, site


class Names:
    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append((host, port))
        if host == "gone.example":
            raise OSError(host)
        return {"a.example": ("192.0.2.1", "192.0.2.2"), "b.example": ("192.0.2.2",)}.get(host, ())


SITES = [
    site("a.example", id="a"),
    site("www.a.example", id="www", aliases=["a.example"]),
    site("b.example", id="b", url="https://b.example:8443/x/"),
    site("gone.example", id="gone"),
    site("nowhere.example", id="nowhere"),
]


def test_every_host_is_resolved_once_and_failures_are_no_further_key() -> None:
    names = Names()
    found = resolved(SITES, names)
    assert found == {
        "a.example": ("192.0.2.1", "192.0.2.2"),
        "www.a.example": (),
        "b.example:8443": ("192.0.2.2",),
        "gone.example": (),
        "nowhere.example": (),
    }
    assert sorted(names.asked) == sorted(
        [("a.example", 80), ("www.a.example", 80), ("b.example", 8443), ("gone.example", 80), ("nowhere.example", 80)]
    )
    assert [politeness_keys(s, found) for s in SITES[2:4]] == [
        {"b.example:8443", "address:192.0.2.2"},
        {"gone.example"},
    ]


def test_a_few_registered_hosts_show_whether_we_are_online() -> None:
    settings = FetchSettings(references=(("ref.test", 443),))
    assert with_references(settings, SITES).references == (
        ("ref.test", 443), ("a.example", 80), ("www.a.example", 80), ("b.example", 8443), ("gone.example", 80),
    )  # fmt: skip
    nobody = FetchSettings(references=())
    assert with_references(nobody, SITES) == nobody
    elsewhere = FetchSettings(connect_to=(ConnectTo.parse("::127.0.0.1:1"),))
    assert with_references(elsewhere, SITES) == elsewhere


def test_the_rates_of_registered_sites_are_known_to_whoever_links_to_them() -> None:
    slow = site("slow.example", rate=0.2, aliases=["old.slow.example"])
    assert rates_of([slow, site("any.example", rate=None)]) == (("slow.example", 0.2), ("old.slow.example", 0.2))


def test_sites_on_one_server_go_to_one_worker() -> None:
    tasks = [Task(s, Path("f"), Path("c"), QUICK) for s in SITES]
    found = {frozenset(t.subject.id for t in group) for group in groups(tasks, resolved(SITES, Names()))}
    assert found == {frozenset({"a", "www", "b"}), frozenset({"gone"}), frozenset({"nowhere"})}
