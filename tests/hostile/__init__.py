"""A local server that behaves as badly as the real ones: one path, one misbehaviour.

Each module holds the misbehaviours of one kind. `tests/hostile_cases.yaml` says in words what each of them does and
what must become of it. Ports are chosen by the system.
"""

from tests.hostile.heads import GBK_SERVER
from tests.hostile.packing import BINARY, BOMB_SIZE, HUGE_SIZE
from tests.hostile.redirects import CHINESE_PATH
from tests.hostile.server import HANDLERS, Hostile, free_port
from tests.hostile.speaking import Handler, Request, answer, fixed, page

__all__ = [
    "BINARY",
    "BOMB_SIZE",
    "CHINESE_PATH",
    "GBK_SERVER",
    "HANDLERS",
    "HUGE_SIZE",
    "Handler",
    "Hostile",
    "Request",
    "answer",
    "fixed",
    "free_port",
    "page",
]
