"""The embedded sample city: websites, accounts and recorded visits, served on loopback; everything is invented.

It is the end-to-end fixture of the tests and the demonstration; `CityServer` serves it, `visits` is its week of
availability visits, AS_OF the moment of its inspection. What is planted stands in `places` and `accounts`.
"""

from checker.demo.city import city
from checker.demo.plan import AS_OF
from checker.demo.recorded import visits
from checker.demo.server import CityServer

__all__ = ["AS_OF", "CityServer", "city", "visits"]
