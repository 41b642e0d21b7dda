"""Cookies of many sites: a jar for each owner, since one jar for all is searched from end to end at every request."""

from collections import OrderedDict
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from checker.address import host_of
from checker.fetch.owner import registrable

MOST_OWNERS = 1_000
"""Owners whose cookies are kept; of those not asked for longest they are forgotten."""


def no_cookies() -> CookieJar:
    """A jar that stays empty, for a client whose cookies are kept elsewhere."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


class Cookies:
    """The cookies of all servers; which go where is the business of the standard library."""

    def __init__(self) -> None:
        self._jars: OrderedDict[str, httpx.Cookies] = OrderedDict()

    def add_to(self, request: httpx.Request) -> None:
        """Send along what the server of this request set before."""
        owner = registrable(host_of(str(request.url)))
        if owner in self._jars:
            self._jars.move_to_end(owner)
            self._jars[owner].set_cookie_header(request)

    def keep_from(self, response: httpx.Response) -> None:
        """Keep what the server sets."""
        if "set-cookie" not in response.headers:
            return
        owner = registrable(host_of(str(response.request.url)))
        jar = self._jars.get(owner)
        if jar is None:
            jar = self._jars[owner] = httpx.Cookies(CookieJar())
        jar.extract_cookies(response)
        if len(self._jars) > MOST_OWNERS:
            self._jars.popitem(last=False)
