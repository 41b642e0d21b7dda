"""The report for people in a browser: one HTML file with everything in it, readable without scripts.

It asks nothing of any host: its policy allows one script and one style, both named by their hash, and nothing else.
Text of pages is escaped wherever it stands, and never becomes a link unless it is an http(s) address as a whole.
"""

import base64
import hashlib

from checker.model.results import Scan
from checker.report._doubts import common_doubts
from checker.report.html._filters import filters_of
from checker.report.html._overview import overview_of
from checker.report.html._units import shared_of, units_of
from checker.report.html._writing import environment, part


def render(scan: Scan) -> bytes:
    """The scan as one HTML document in UTF-8; the same scan gives the same bytes."""
    common = common_doubts(scan)
    units = units_of(scan, common)
    style, script = part("style.css"), part("script.js")
    document = (
        environment()
        .get_template("report.html.jinja")
        .render(
            scan=scan,
            units=units,
            overview=overview_of(scan, units),
            filters=filters_of(units),
            shared=shared_of(scan, common),
            policy=_policy(style, script),
            style=style,
            script=script,
        )
    )
    return document.encode()


def _policy(style: str, script: str) -> str:
    """What the browser may run and load: this style, this script, nothing from anywhere."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
