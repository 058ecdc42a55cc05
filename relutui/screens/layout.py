"""Which panel is where, at every size: tiny (40x12), small (80x24), medium (120x36), large (200x60)."""

from dataclasses import dataclass

from relutui.session import Layout, Tab, View

CHART_TITLES: dict[View, str] = {
    "fit": "Fit  ● target  ━ prediction  ┅ unit  ◆ kink  ┄ best so far",
    "units": "Units   ━ a   ┅ z",
    "loss": "Loss   log scale, against the step",
}
TAB_TITLES: dict[Tab, str] = {"units": "Units", "strips": "On and off", "walk": "At the probe", "loss": "Loss"}
ROWS_SHOWN = 8  # units for which strips and table make room; more of them scroll


@dataclass(frozen=True)
class Place:
    """Whether a panel is shown, with what title, and its height: rows, or a share of what is left."""

    shown: bool
    title: str | None = None
    height: int | str = "1fr"


def layout_of(width: int, height: int) -> Layout:
    """The layout for a terminal of this size."""
    if width < 60 or height < 18:
        return "tiny"
    if width < 100 or height < 30:
        return "small"
    return "large" if width >= 160 and height >= 50 else "medium"


def arrangement(layout: Layout, tab: Tab, view: View, units: int) -> dict[str, Place]:
    """The place of every panel by its id."""
    rows = min(units, ROWS_SHOWN)
    title = CHART_TITLES[view]
    match layout:
        case "tiny":
            shown = {"chart": Place(True), "message": Place(True, height=1)}
        case "small":
            tabs = {"units": "table", "strips": "strips", "walk": "walk", "loss": "loss"}
            shown = {
                "status": Place(True, height=1),
                "chart": Place(True, title),
                tabs[tab]: Place(True, _tab_title(tab), 9),
                "message": Place(True, height=2),
                "footer": Place(True, height=1),
            }
        case _:
            large = layout == "large"
            shown = {
                "status": Place(True, height=1),
                "chart": Place(True, title, "2fr" if large else "1fr"),
                "strips": Place(True, "On and off, and the slope that each unit adds", rows + 3),
                "multiples": Place(large, CHART_TITLES["units"]),
                "table": Place(True, TAB_TITLES["units"], rows + 7),
                "walk": Place(True, TAB_TITLES["walk"]),
                "loss": Place(True, TAB_TITLES["loss"], "1fr" if large else 9),
                "message": Place(True, height=3),
                "footer": Place(True, height=1),
            }
    every = ("status", "chart", "strips", "multiples", "table", "walk", "loss", "message", "footer")
    return {id: shown.get(id, Place(False)) for id in every}


def _tab_title(tab: Tab) -> str:
    """The names of all tabs, the one shown in brackets."""
    return "  ".join(f"‹{name}›" if shown == tab else name for shown, name in TAB_TITLES.items()) + "   (tab)"
