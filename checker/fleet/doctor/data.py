"""What people wrote: rules, profile, registry and suppressions."""

from collections.abc import Iterator
from pathlib import Path

from checker.config import shipped
from checker.errors import CheckerError, FileProblems
from checker.fleet.doctor.contract import Check, State, Surroundings
from checker.model.registry import Registry
from checker.registry import read_registry
from checker.rules import RuleSet, load_rules, rule_set


def registry_of(around: Surroundings) -> Registry:
    """The registry that a scan would read; raises CheckerError."""
    sites, accounts = around.sites, around.accounts
    if sites is None and accounts is None:
        sites, accounts = (p if p.exists() else None for p in (Path("sites.yaml"), Path("accounts.yaml")))
    return read_registry(sites, accounts)


def examine_registry(around: Surroundings) -> Iterator[Check]:
    """sites.yaml and accounts.yaml: whether they can be used, and what is in them."""
    named = around.sites or around.accounts
    if not named and not any(Path(name).exists() for name in ("sites.yaml", "accounts.yaml")):
        advice = "begin one with `checker registry new ADDRESS -o sites.yaml`, or name it with --sites and --accounts"
        yield Check("data", "registry", State.WARNING, "no sites.yaml or accounts.yaml here", advice)
        return
    try:
        registry = registry_of(around)
    except CheckerError as error:
        yield Check("data", "registry", State.MISSING, _first(error), "`checker registry validate` shows all of it")
        return
    found = f"{len(registry.sites)} sites and {len(registry.accounts)} accounts"
    yield Check("data", "registry", State.OK, found)


def examine_rules(around: Surroundings) -> Iterator[Check]:
    """The rules under the profile that a scan would use."""
    try:
        rules = _rules(around)
    except CheckerError as error:
        yield Check("data", "rules", State.MISSING, _first(error), "`checker rules validate` shows all of it")
        return
    profile = rules.profile
    found = f"{len(rules.rules)} rules, profile {profile.name} {profile.version}, {rules.sha256[:12]}"
    yield Check("data", "rules", State.OK, found)


def _rules(around: Surroundings) -> RuleSet:
    name = around.profile
    if name is None:
        try:
            name = registry_of(around).scan.profile
        except CheckerError:  # told in its own place
            name = None
    return rule_set(load_rules(around.rules or shipped("rules")), name or "national")


def _first(error: CheckerError) -> str:
    if not isinstance(error, FileProblems):
        return str(error)
    more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
    return f"{error.problems[0]}{more}"
