"""The sample city on loopback."""

from checker.demo.city import City, city, missing
from checker.demo.platforms import SECURE
from checker.loopback import LoopbackServer


class CityServer(LoopbackServer):
    """Serves the city, or `hosts` as another one for tests; the platforms in `platforms.SECURE` answer over TLS too."""

    def __init__(self, port: int = 0, hosts: City | None = None) -> None:
        super().__init__(city() if hosts is None else hosts, port, SECURE, missing)
