"""Ways to a server that lead over another port: a tunnel, as ssh makes it, and a proxy with a folder of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def detour(port: int, here: int, folder: bytes = b"/", host: str = "127.0.0.1") -> AsyncIterator[None]:
    """Lead from a port to another one; what is asked for below a folder is asked for at the root there."""

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, below: bytes) -> None:
        with suppress(ConnectionError):
            while data := await source.read(1 << 16):
                for method in (b"GET ", b"POST "):
                    data = data.replace(method + below, method + b"/")
                target.write(data)
                await target.drain()
        target.close()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, there_writer, folder), copy(there_reader, writer, b"/"))

    server = await asyncio.start_server(join, host, here)
    try:
        yield
    finally:
        server.close()
