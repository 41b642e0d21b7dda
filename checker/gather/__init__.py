"""Gatherers: what makes requests of its own, beside the pages that the crawl reads. One file each.

A gatherer is registered here by name, with the tables it fills; its own module says what it takes.
"""

from dataclasses import dataclass

from checker.gather import certificate, closed, ipv6, links


@dataclass(frozen=True, slots=True)
class Gatherer:
    """One gatherer: its module's name and the fact tables that it fills."""

    name: str
    makes: tuple[str, ...]


GATHERERS: tuple[Gatherer, ...] = (
    Gatherer("links", links.MAKES),
    Gatherer("certificate", certificate.MAKES),
    Gatherer("ipv6", ipv6.MAKES),
    Gatherer("closed", closed.MAKES),
)
"""Every gatherer; a file of this folder that is missing here is an error."""
