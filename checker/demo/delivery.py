"""Lists that do not stand in the page: one asked for as JSON, and records in a data store with a call for the rest."""

import json
from collections.abc import Sequence

from checker.demo.plan import Entry, Section

PROXY = "/module/web/jpage/dataproxy.jsp"

_ASKING = """<script type="text/javascript">
fetch("{url}").then(function (answer) {{ return answer.json(); }}).then(function (found) {{
  document.getElementById("list").innerHTML = found.data.map(function (row) {{
    return '<li><span class="date">' + row.pubDate.substring(0, 10) + '</span>' + row.title.link(row.url) + '</li>';
  }}).join("");
}});
</script>"""

_SHOW = """<script type="text/javascript" src="/script/jpage.js"></script>"""


def feed_path(section: Section) -> str:
    """Where a column that is asked for as JSON has its data."""
    return f"{section.path.rpartition('/')[0]}/list.json"


def asking(section: Section) -> str:
    """The script that asks for the entries and puts them into the element `list`."""
    return _ASKING.format(url=feed_path(section))


def feed(listed: Sequence[Entry]) -> str:
    """The entries as JSON."""
    rows = [{"title": e.title, "url": e.url, "pubDate": f"{e.day} {e.clock}"} for e in listed]
    return json.dumps({"total": len(rows), "data": rows}, ensure_ascii=False)


def call(section: Section) -> str:
    """Address of the data call that brings the records behind those in the page."""
    column = section.path.split("/")[2][3:]
    return f"{PROXY}?page=1&appid=1&webid=15&path=/&columnid={column}&unitid=2{column}&permissiontype=0"


def store(section: Section, items: Sequence[str], *, further: bool) -> str:
    """Entries (HTML) as records of a data store, in a page or as the answer to a call (`further` = False)."""
    group = f'<nextgroup><![CDATA[<a href="{call(section)}"></a>]]></nextgroup>\n' if further else ""
    records = "\n".join(f"<record><![CDATA[{item}]]></record>" for item in items)
    data = f"<datastore>\n{group}<recordset>\n{records}\n</recordset>\n</datastore>"
    return (
        f'<script type="text/xml">\n{data}\n</script>\n{_SHOW}'
        if further
        else f'<?xml version="1.0" encoding="utf-8"?>\n{data}'
    )


SHOW = """/* writes the records of the data store before this script into its list */
(function () {
  var store = document.querySelector('script[type="text/xml"]');
  var rows = store.textContent.split("<record><![CDATA[").slice(1);
  rows = rows.map(function (part) { return part.split("]]>")[0]; });
  store.parentNode.innerHTML = rows.join("");
})();
"""
