"""Which subjects must be gathered by one worker, because one server or platform bears their requests."""

from collections.abc import Iterable

from checker.address import normalise, politeness_host
from checker.model.registry import Feed, Site, Subject
from checker.scan import Task


def politeness_keys(subject: Subject) -> set[str]:
    """Hosts that a subject's gathering asks: a site's own and its aliases, an account's feeds and its platform."""
    if isinstance(subject, Site):
        places = [subject.url, *(a if "://" in a else f"http://{a}/" for a in subject.aliases)]
    else:
        places = [s.feed for s in subject.sources if isinstance(s, Feed)]
    hosts = {politeness_host(n) for p in places if (n := normalise(p))}
    return hosts or {f"platform:{getattr(subject, 'platform', subject.id)}"}


def groups(tasks: Iterable[Task]) -> list[list[Task]]:
    """Tasks in groups that share no politeness key with each other, largest group first."""
    found: list[tuple[set[str], list[Task]]] = []
    for task in tasks:
        keys, members = politeness_keys(task.subject), [task]
        apart = []
        for other_keys, other_members in found:
            if keys & other_keys:
                keys, members = keys | other_keys, other_members + members
            else:
                apart.append((other_keys, other_members))
        found = [*apart, (keys, members)]
    return sorted((members for _, members in found), key=len, reverse=True)
