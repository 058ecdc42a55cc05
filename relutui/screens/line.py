"""A line to type into."""

from textual import events
from textual.binding import NoBinding
from textual.widgets import Input


class Line(Input):
    """An Input whose keys act in the order in which they were typed.

    Textual 8.2 sees to keys with an action, such as backspace, only after those that were typed ahead of it.
    """

    async def _on_key(self, event: events.Key) -> None:
        try:
            bindings = self._bindings.get_bindings_for_key(event.key)
        except NoBinding:
            return await super()._on_key(event)
        event.stop()
        event.prevent_default()
        for binding in bindings:
            await self.run_action(binding.action)
