"""The one door to the network: nothing else in the project speaks HTTP.

Comes in: an address. Goes out: a `Fetched`, whatever happened. Layers, from the outside in: `client` (retries),
`errand` (redirects, robots, Retry-After, the total time), `politeness` (the gate of each host), `engine` (the seam),
`httpx_engine` (one request). `render` puts a browser in front of the same door.
"""

from checker.fetch.answer import Fetched
from checker.fetch.client import Fetcher
from checker.fetch.connect import ConnectTo
from checker.fetch.memory import Memory, Remembered
from checker.fetch.politeness import KeyStatistics, Politeness
from checker.fetch.render import Chromium, Rendered, Renderer, RenderSettings, available
from checker.fetch.settings import USER_AGENT, FetchSettings
from checker.model.results import FetchOutcome

__all__ = [
    "USER_AGENT",
    "Chromium",
    "ConnectTo",
    "FetchOutcome",
    "FetchSettings",
    "Fetched",
    "Fetcher",
    "KeyStatistics",
    "Memory",
    "Politeness",
    "Remembered",
    "RenderSettings",
    "Rendered",
    "Renderer",
    "available",
]
