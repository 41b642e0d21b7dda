"""Websites served on this machine under their real names: the sample city, and a site that is only just built.

Comes in: prepared answers by host and path, or a folder. Goes out: a server on 127.0.0.1 that --connect-to leads to.
"""

from checker.loopback.folder import FolderPages
from checker.loopback.reply import Pages, Reply
from checker.loopback.server import LoopbackServer

__all__ = ["FolderPages", "LoopbackServer", "Pages", "Reply"]
