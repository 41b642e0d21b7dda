"""The arithmetic of one host: when it is asked more slowly, and when it is not asked at all. No clock, no waiting."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import median

from checker.model.results import FetchOutcome

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

CONNECT_LEVEL = frozenset(
    {
        FetchOutcome.DNS, FetchOutcome.REFUSED, FetchOutcome.UNREACHABLE, FetchOutcome.CONNECT_TIMEOUT,
        FetchOutcome.RESET,
    }
)  # fmt: skip
"""Failures before a single byte came (a reset counts only then): nobody there, or no way there."""

_FIRST_429, _MOST_429 = 0.5, 30.0
_EACH_5XX, _MOST_5XX = 0.2, 10.0
_SAMPLES, _RECENT, _ENOUGH = 100, 5, 15
_TIMES_SLOWER, _SLOW_SECONDS, _MOST_LATENCY = 3.0, 1.0, 10.0


def never_came(outcome: FetchOutcome, status: int) -> bool:
    """Whether a request failed at the level of the connection."""
    return status == 0 and outcome in CONNECT_LEVEL


@dataclass(slots=True)
class Backoff:
    """Seconds to add between starts: for 429, for 5xx and for answers that come ever more slowly.

    A 429 asks for 0.5 s, each further one for twice as much up to 30 s; each 5xx adds 0.2 s up to 10 s; any other
    answer that was not a refusal ends both. While the median of the last five answers is above one second and three
    times that of the last hundred, that median is added as well, up to 10 s.
    """

    by_429: float = 0.0
    by_5xx: float = 0.0
    _taken: list[float] = field(default_factory=list)

    def heard(self, status: int, outcome: FetchOutcome, seconds: float) -> None:
        """Take note of an answer (status above 0) and of the time it took."""
        if status == 429:
            self.by_429 = min(max(_FIRST_429, self.by_429 * 2), _MOST_429)
        elif status >= 500:
            self.by_5xx = min(self.by_5xx + _EACH_5XX, _MOST_5XX)
        elif outcome not in {FetchOutcome.BLOCKED, FetchOutcome.CHALLENGE}:
            self.by_429 = self.by_5xx = 0.0
        self._taken = [*self._taken[1 - _SAMPLES :], seconds]

    @property
    def seconds(self) -> float:
        """What is added to the interval now."""
        return max(self.by_429, self.by_5xx, self._by_latency())

    def _by_latency(self) -> float:
        if len(self._taken) < _ENOUGH:
            return 0.0
        recent = median(self._taken[-_RECENT:])
        if recent < _SLOW_SECONDS or recent < _TIMES_SLOWER * median(self._taken):
            return 0.0
        return min(recent, _MOST_LATENCY)


@dataclass(slots=True)
class Breaker:
    """Whether one place (scheme, host and port) is worth asking: open after so many failures to connect in a row.

    Open, it lets nothing through for `seconds`, then one trial: an answer closes it, a failure opens it again.
    """

    after: int
    seconds: float
    failures: int = 0
    openings: int = 0
    _until: float = 0.0
    _on_trial: bool = False

    def refuses(self, now: float) -> bool:
        """Whether a request would be in vain; changes nothing."""
        return self.failures >= self.after and (now < self._until or self._on_trial)

    def begin(self) -> bool:
        """A request goes out; True if it is the trial, whose end must be told by `end`."""
        if self.failures < self.after or self._on_trial:
            return False
        self._on_trial = True
        return True

    def end(self) -> None:
        """The trial is over, whatever came of it."""
        self._on_trial = False

    def heard(self, reached: bool, now: float) -> None:
        """Take note of whether the place could be reached."""
        if reached:
            self.failures = 0
            return
        self.failures += 1
        if self.failures >= self.after:
            self.openings += 1
            self._until = now + self.seconds
