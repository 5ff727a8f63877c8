"""A TCP proxy that makes a network misbehave: it breaks connections, loses answers, delays, or goes silent.

with Proxy(broker_port) as proxy:
    proxy.break_connections()
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from tests.parts.ports import free_port

_CHUNK_BYTES: Final = 64 * 1024


class Proxy:
    """Forwards its port on the loopback interface to another one. Runs in a thread of its own."""

    def __init__(self, target_port: int, *, seed: int = 1) -> None:
        """The port is known before anything listens, for a server that must announce it."""
        self.port = free_port()
        self.target_port = target_port
        self.latency_seconds = 0.0
        """Added to every answer."""
        self.silent = False
        """Takes bytes in both directions and forwards none."""
        self.lost_answers = 0.0
        """Share of answers that are swallowed and followed by the connection's end: the server did the work."""
        self.broken = 0
        """Connections that were broken on purpose."""
        self._random = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._listening = threading.Event()
        self._stop = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._listening.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def break_connections(self) -> None:
        """Reset every connection that is open now."""
        self._loop.call_soon_threadsafe(self._break_all)

    def _break_all(self) -> None:
        for writer in list(self._writers):
            self.broken += 1
            writer.transport.abort()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._accept, "localhost", self.port)
        self._listening.set()
        await self._stop.wait()
        server.close()
        self._break_all()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection("localhost", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, upstream_writer}
        self._writers |= pair
        try:
            await asyncio.gather(
                self._forward(reader, upstream_writer, lambda: False),
                self._forward(upstream_reader, writer, self._loses_answer, delayed=True),
            )
        finally:
            self._writers -= pair
            for end in pair:
                end.transport.abort()

    def _loses_answer(self) -> bool:
        return self._random.random() < self.lost_answers

    async def _forward(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        breaks: Callable[[], bool],
        *,
        delayed: bool = False,
    ) -> None:
        try:
            while data := await reader.read(_CHUNK_BYTES):
                if breaks():
                    self.broken += 1
                    break
                if delayed and self.latency_seconds:
                    await asyncio.sleep(self.latency_seconds)
                if not self.silent:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            # Either side broke the connection, or this proxy did.
            pass
        finally:
            writer.transport.abort()
