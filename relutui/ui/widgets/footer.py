"""The line of keys that are useful now."""

from functools import lru_cache

from rich.text import Text

from relutui.readout.status import FooterReadout


@lru_cache(8)
def footer(readout: FooterReadout, width: int, height: int) -> tuple[Text]:
    """Draw as many keys as fit, in order, and always the last ones."""
    last, line = Text().join(map(_key, readout.last)), Text()
    for pair in readout.keys:
        key = _key(pair)
        if line.cell_len + key.cell_len + last.cell_len > width:
            break
        line.append_text(key)
    return (line.append_text(last),)


def _key(pair: tuple[str, str]) -> Text:
    key, label = pair
    return Text(" ").append(key, "bold reverse").append(f" {label} ")
