"""Reading a body under a cap, so that neither size nor compression can fill the memory."""

import zlib
from typing import Final

from checker.model.results import FetchOutcome

_GZIP: Final = zlib.MAX_WBITS | 16
_DEFLATE: Final = zlib.MAX_WBITS
_BARE: Final = -zlib.MAX_WBITS
_PLAIN = {"", "identity", "none", "utf-8", "binary", "8bit"}  # not encodings, but servers send them
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _DEFLATE}


class Body:
    """Takes the bytes of an answer as they come; keeps at most `cap` bytes after decompression.

    `outcome` is ok, too-large or decompression-error; `data` is what could be read until then.
    """

    def __init__(self, cap: int, encoding: str) -> None:
        self.outcome = FetchOutcome.OK
        self._cap = cap
        self._kept = bytearray()
        self._wire = 0
        encoding = encoding.strip().lower()
        self._window = _WINDOWS.get(encoding, 0)
        self._inflate = zlib.decompressobj(self._window) if self._window else None
        self._unreadable = not self._window and encoding not in _PLAIN

    @property
    def data(self) -> bytes:
        """What was read so far."""
        return bytes(self._kept)

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes; False means that no more are wanted."""
        self._wire += len(chunk)
        if self._unreadable:
            self.outcome = FetchOutcome.DECOMPRESSION
        else:
            self._keep(chunk)
        return self.outcome is FetchOutcome.OK

    def finish(self) -> None:
        """Say that nothing more comes: a compressed stream that was cut off is damaged."""
        cut_off = self._inflate is not None and self._wire > 0 and not self._inflate.eof
        if cut_off and self.outcome is FetchOutcome.OK:
            self.outcome = FetchOutcome.DECOMPRESSION

    def _keep(self, chunk: bytes) -> None:
        room = self._cap - len(self._kept)
        try:
            out = self._expand(chunk, room + 1) if self._inflate is not None else chunk
        except zlib.error:
            self.outcome = FetchOutcome.DECOMPRESSION
            return
        self._kept += out[:room]
        if len(out) > room or self._wire > max(self._cap, 65_536) * 2:
            self.outcome = FetchOutcome.TOO_LARGE

    def _expand(self, chunk: bytes, limit: int) -> bytes:
        """Decompress at most `limit` bytes; members of a gzip file may follow one another, rubbish after it not."""
        out = bytearray()
        while chunk and len(out) < limit and self._inflate is not None:
            if self._inflate.eof:
                if self._window != _GZIP or not chunk.startswith(b"\x1f\x8b"):
                    break
                self._inflate = zlib.decompressobj(self._window)
            out += self._step(chunk, limit - len(out))
            chunk = self._inflate.unused_data
        return bytes(out)

    def _step(self, chunk: bytes, limit: int) -> bytes:
        assert self._inflate is not None
        try:
            return self._inflate.decompress(chunk, limit)
        except zlib.error:
            if self._window != _DEFLATE or self._kept:
                raise
            self._window = _BARE  # half of the servers that say deflate leave out its header
            self._inflate = zlib.decompressobj(_BARE)
            return self._inflate.decompress(chunk, limit)
