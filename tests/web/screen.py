"""What a page shows: pyte draws what the app sends it."""

import asyncio

import pyte

from tests.support.waiting import bounded, states


class Screen:
    """A terminal that counts the bytes that it was sent."""

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self.bytes = 0

    def feed(self, data: bytes) -> None:
        self.bytes += len(data)
        self._stream.feed(data)

    def clear(self) -> None:
        self._screen.reset()

    def resize(self, width: int, height: int) -> None:
        self._screen.resize(height, width)

    @property
    def size(self) -> tuple[int, int]:
        return self._screen.columns, self._screen.lines

    @property
    def text(self) -> str:
        screen = self._screen  # whose own `display` fails in pyte 0.8 once half of a wide character is written over
        rows = ([screen.buffer[y][x].data for x in range(screen.columns)] for y in range(screen.lines))
        return "\n".join("".join(row).rstrip() for row in rows)

    async def until(self, words: str) -> None:
        """Wait until the screen has some words."""
        states.append(tell := lambda: self.text)
        try:
            async with bounded(f"{words!r} on a screen"):
                while words not in self.text:
                    await asyncio.sleep(0.02)
        finally:
            states.remove(tell)
