"""The keys worth naming now, on one line."""

from functools import lru_cache

from rich.text import Text

from relutui.readout.status import FooterReadout


@lru_cache(8)
def footer(readout: FooterReadout, width: int, height: int) -> tuple[Text]:
    """As many keys as fit, in their order, and the last in any case."""
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
