"""The embedded sample city: websites, accounts and recorded visits, served on loopback; everything is invented.

It is the end-to-end fixture of the tests and the demonstration; `CityServer` serves it, `visits` is its week of
availability visits, AS_OF the moment of its inspection, CREDENTIALS the environment variables that its accounts ask
for. What is planted stands in `places`, `accounts` and `platforms`.
"""

from checker.demo.city import city
from checker.demo.plan import AS_OF
from checker.demo.platforms import CREDENTIALS
from checker.demo.recorded import visits
from checker.demo.server import CityServer

__all__ = ["AS_OF", "CREDENTIALS", "CityServer", "city", "visits"]
