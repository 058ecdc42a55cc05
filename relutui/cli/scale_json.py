"""The scale in a JSON object that a command prints."""

from relutui.model.scale import Scale


def as_json(scale: Scale) -> dict[str, object]:
    """The entry "scale", with shift and width of x and y, own = shift + width * scaled; none where nothing is scaled."""
    return {"scale": {"x": scale.x._asdict(), "y": scale.y._asdict()}} if scale.changes else {}
