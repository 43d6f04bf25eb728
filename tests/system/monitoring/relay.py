"""Carries connections from one address of loopback to another, for ``stack``."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress


class Relay:
    """Listens at a place and carries whatever comes to another one, until ``close``."""

    def __init__(self, place: tuple[str, int], to: str) -> None:
        self._place = place
        host, _, port = to.rpartition(":")
        self._to = (host, int(port))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def close(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._carry, *self._place)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            onward, back = await asyncio.open_connection(*self._to)
            await asyncio.gather(_pour(reader, back), _pour(onward, writer))


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()
    sink.close()
