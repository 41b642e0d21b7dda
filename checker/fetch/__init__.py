"""The one door to the network: nothing else in the project speaks HTTP.

Comes in: an address. Goes out: a `Fetched`, whatever happened. Layers, from the outside in: `client` (retries),
`errand` (redirects, robots, Retry-After, the total time), `politeness` (the gate of each host), `engine` (the seam),
`httpx_engine` (one request). `archive` remembers answers, for evidence and for conditional requests; `render` puts a
browser in front of the same door.
"""

from checker.fetch.answer import Fetched, outcome_words
from checker.fetch.archive import EvidenceIndex, Places, SubjectArchive, attached, merge_evidence, with_evidence
from checker.fetch.certificate import Certificate
from checker.fetch.client import Fetcher
from checker.fetch.connect import ConnectTo
from checker.fetch.memory import Memory, Remembered
from checker.fetch.network import Network, is_private, literal
from checker.fetch.politeness import KeyStatistics, Politeness, Resolver
from checker.fetch.render import Chromium, Rendered, Renderer, RenderSettings, available
from checker.fetch.settings import USER_AGENT, FetchSettings
from checker.model.results import FetchOutcome

__all__ = [
    "USER_AGENT",
    "Certificate",
    "Chromium",
    "ConnectTo",
    "EvidenceIndex",
    "FetchOutcome",
    "FetchSettings",
    "Fetched",
    "Fetcher",
    "KeyStatistics",
    "Memory",
    "Network",
    "Places",
    "Politeness",
    "Remembered",
    "RenderSettings",
    "Rendered",
    "Renderer",
    "Resolver",
    "SubjectArchive",
    "attached",
    "available",
    "is_private",
    "literal",
    "merge_evidence",
    "outcome_words",
    "with_evidence",
]
