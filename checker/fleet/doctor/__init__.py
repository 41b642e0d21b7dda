"""What a scan would lack on this machine: examinations, one file an area, that only look and change nothing.

To add one: write `checker/fleet/doctor/AREA.py` with a function that yields checks, and add it to `EXAMINATIONS`.
"""

from collections.abc import Iterator

from checker.fleet.doctor.browser import examine_browser
from checker.fleet.doctor.calendar import examine_calendar
from checker.fleet.doctor.contract import Check, Examination, State, Surroundings
from checker.fleet.doctor.data import examine_registry, examine_rules
from checker.fleet.doctor.machine import examine_extras, examine_machine, examine_zone
from checker.fleet.doctor.network import examine_network
from checker.fleet.doctor.store import examine_store

EXAMINATIONS: tuple[Examination, ...] = (
    examine_machine, examine_extras, examine_zone, examine_calendar, examine_browser, examine_rules,
    examine_registry, examine_store, examine_network,
)  # fmt: skip


def examine(around: Surroundings) -> Iterator[Check]:
    """Every check of every area; one that breaks is itself a check and stops nothing."""
    for examination in EXAMINATIONS:
        try:
            yield from examination(around)
        except Exception as error:  # somebody who asks what is wrong must get the rest of the answer
            name = examination.__name__.removeprefix("examine_")
            yield Check(name, name, State.MISSING, f"could not be examined: {type(error).__name__}: {error}")


__all__ = ["EXAMINATIONS", "Check", "State", "Surroundings", "examine"]
