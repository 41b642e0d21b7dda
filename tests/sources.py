"""What the tests of account sources share: a fake door to the network, and the real samples."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from checker.fetch.engine import Payload
from checker.model.registry import Account
from checker.model.results import FetchOutcome
from checker.sources import Platforms

BEIJING = timezone(timedelta(hours=8))
SHARED = Path(os.environ.get("CHECKER_SHARED") or Path(__file__).parents[2] / "shared")


@dataclass
class Said:
    """What the fake door answers to one address."""

    body: bytes = b""
    outcome: FetchOutcome = FetchOutcome.OK
    status: int = 200
    final_url: str = ""
    detail: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def data(value: Any, status: int = 200) -> Said:
    """An answer in JSON."""
    outcome = FetchOutcome.OK if status < 400 else FetchOutcome.HTTP_4XX
    return Said(json.dumps(value, ensure_ascii=False).encode(), outcome, status)


NOTHING = Said(b"", FetchOutcome.HTTP_4XX, 404)


@dataclass
class Door:
    """A fake network: an answer for each address, or one made from the address and what was sent along.

    `asked` are the addresses, `sent` the payloads of those that had one, `slow` the addresses asked for slowly.
    """

    answers: dict[str, Said]
    answer: Callable[[str, Payload], Said] | None = None
    asked: list[str] = field(default_factory=list)
    sent: list[Payload] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    platforms: Platforms = field(default_factory=Platforms)

    async def get(self, url: str, *, max_bytes: int | None = None, slow: bool = False, robots: bool = True) -> Said:
        self.asked.append(url)
        self.slow += [url] if slow else []
        return self.answers.get(url, NOTHING)

    async def send(
        self, url: str, payload: Payload, *, max_bytes: int | None = None, slow: bool = False, robots: bool = True
    ) -> Said:
        self.sent.append(payload)
        if self.answer is not None:
            self.asked.append(url)
            return self.answer(url, payload)
        return await self.get(url, max_bytes=max_bytes, slow=slow, robots=robots)


def account(*sources: dict[str, Any], **more: Any) -> Account:
    """An account with these sources."""
    entry = {"id": "acc", "code": None, "name": "某发布", "platform": "wechat-subscription", "organizer": "某办"}
    return Account.model_validate({**entry, "sources": list(sources), **more})


def real(name: str) -> bytes:
    """A real payload, or the test is skipped."""
    path = SHARED / "real_newmedia" / name
    if not path.exists():
        pytest.skip(f"{path} is absent (set CHECKER_SHARED to the folder with the real samples)")
    return path.read_bytes()


def at(text: str) -> datetime:
    """A moment of Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
