"""Link targets: a verdict on each, whether its page only says that it is missing, and whether it is harmful or wrong.

Comes in: addresses, some with what the crawl already saw of them. Goes out: one `LinkCheck` row for each, and what was
seen of it. Broken only if a second, later, slower request over a new connection fails too. "Cannot tell" is an answer
of its own: a refusal, a script challenge, robots.txt, TLS trouble, our own outage and what the budget left over are
unknown, never broken.
"""

from checker.gather.links.judging import (
    Aids,
    LinkBudget,
    LinkTarget,
    Shared,
    judge_links,
    shared_by,
)  # fmt: skip
from checker.gather.links.look import Look, look_of, sent_to
from checker.gather.links.soft404 import Probes, may_say_missing, not_where_asked
from checker.gather.links.targets import INTRANET, Doubt, Lexicon, doubt_of, is_intranet, load_lexicon, masked
from checker.gather.links.verdicts import HOST_VANISHED, OWN_OUTAGE, UNCONFIRMED, verdict_of

MAKES = ("link_check", "hidden_link")

__all__ = [
    "HOST_VANISHED", "INTRANET", "MAKES", "OWN_OUTAGE", "UNCONFIRMED", "Aids", "Doubt", "Lexicon", "LinkBudget",
    "LinkTarget", "Look", "Probes", "Shared", "doubt_of", "is_intranet", "judge_links", "load_lexicon", "look_of",
    "masked", "may_say_missing", "not_where_asked", "sent_to", "shared_by", "verdict_of",
]  # fmt: skip
