"""The place of every panel at every size: tiny (40x12), small (80x24), medium (120x36), large (200x60)."""

from typing import NamedTuple

from relutui.readout.strips import sum_rows
from relutui.session.session import Session
from relutui.session.view_state import SHARED_TABS, TABS, Full, Layout, Tab
from relutui.ui.screens.titles import CHART_TITLES, TAB_TITLES, chart_title, panel_gloss, tab_title, under_chart

PANEL_OF_TAB: dict[Full, str] = {"chart": "chart", **dict(zip(TABS, ("table", "strips", "walk", "loss", "network")))}
MAX_UNIT_ROWS = 8  # units that strips and table make room for; more of them scroll
LOSS_ROWS = (7, 9)  # least and most rows of the loss under table and forward pass
BORDER_MARGIN = 6  # columns of the border beside a text in it
MIN_CHART_ROWS = 6  # with the border
MIN_FORWARD_PASS_ROWS = 7  # with the border
MIN_TOLD_CHART_ROWS = 16  # of a chart that a tour speaks of, with border and axis, without the caption: 12 for the curves
ROWS_AROUND_UNITS = 4  # of the table, with the border: the head and the output bias
MIN_TAB_ROWS = 6  # with the border, beside such a chart
SELECTED_ROWS = 2  # of the table that shows the selected row alone, without a border: the head and that row
MIN_CHART_BESIDE_TOLD_ROWS = 10  # with the border, beside a tab that a tour speaks of: rise and fall are seen, with numbers
MESSAGE_ROWS = (2, 4)  # least and most rows of the message at the small size; from the medium one on 3, for an intro 4
ROWS_WITH_HINT = 3  # of the message beside such a chart, if its hint is to be seen
TINY_MESSAGE_ROWS = 6  # most rows of an intro at the tiny size; any other message has one


class Place(NamedTuple):
    """Whether a panel is shown, its title, its height (rows, or a share of the rest), the text in its lower border, and above
    that the caption of a tour; bare: without a border."""

    shown: bool
    title: str | None = None
    height: int | str = "1fr"
    subtitle: str = ""
    caption: str = ""
    bare: bool = False


class RowsNeeded(NamedTuple):
    """The rows that wrapped texts need: of the message, of a tour's question and keys, of its caption, of what is asked.

    hint: those of the message that are its hint's.
    """

    message: int = 0
    tour: int = 0
    caption: int = 0
    ask: int = 0
    hint: int = 0


def layout_of(width: int, height: int) -> Layout:
    """Return the layout for a terminal of this size in cells."""
    if width < 60 or height < 18:
        return "tiny"
    if width < 100 or height < 30:
        return "small"
    return "large" if width >= 160 and height >= 50 else "medium"


def panel_width(id: str, layout: Layout, width: int) -> int:
    """Return the columns of a panel, with its border, on a terminal of this width; app.tcss divides them."""
    if layout in ("tiny", "small"):
        return width + 2 * (layout == "tiny")  # where it has no border
    left = width * 11 // 20
    return left if id in ("chart", "strips", "screen") else width - left


def arrangement(session: Session, needed: RowsNeeded, width: int, height: int) -> dict[str, Place]:
    """Return the place of every panel, by its id, on a terminal of this size in cells."""
    intro = bool(session.view.message and "\n" in session.view.message.text)
    match "full" if session.view.full else session.view.layout:
        case "full":
            assert session.view.full
            shown = _full_screen(session, session.view.full, min(max(needed.message, MESSAGE_ROWS[0]), MESSAGE_ROWS[1]))
        case "tiny":
            message = min(needed.message, TINY_MESSAGE_ROWS) if intro else 1
            shown = {"chart": Place(True), "message": Place(True, height=message)}
        case "small" if session.tour:
            shown = _small_tour(session, needed, height)
        case "small":
            shown = _small(session, needed, height)
        case _:
            shown = _large(session, needed, MESSAGE_ROWS[1] if intro else 3, height)
    if session.tour:  # where the footer is: its keys would end the tour
        shown["footer"] = Place(False)
        shown["tour"] = Place(True, height=1 if session.view.layout == "tiny" else needed.tour)
    if session.tour and not needed.ask:
        told = PANEL_OF_TAB[session.view.full] if session.view.full else _told_panel(session)
        place = shown[told]
        title = place.title and f"▸ {place.title}"
        shown[told] = place._replace(title=title, caption=session.tour.step.caption)
    if not (session.tour or needed.ask or session.view.layout == "tiny"):
        for id, place in shown.items():
            if place.bare:
                continue
            room = (width if session.view.full else panel_width(id, session.view.layout, width)) - BORDER_MARGIN
            if place.shown and not place.subtitle:
                shown[id] = place._replace(subtitle=panel_gloss(id, session, room))
    if needed.ask:
        _give_way_to_ask(session, shown, needed.ask, height)
    every = ("status", "chart", "strips", "multiples", "table", "walk", "loss", "network", "message", "tour", "ask", "footer")
    return {id: shown.get(id, Place(False)) for id in every}


def _full_screen(session: Session, full: Full, message: int) -> dict[str, Place]:
    """Return the places of a panel that has the full screen and of the lines around it; a tiny one has only the message."""
    panel = (
        Place(True, chart_title(session), subtitle=under_chart(session)) if full == "chart" else Place(True, TAB_TITLES[full])
    )
    if session.view.layout == "tiny":
        return {PANEL_OF_TAB[full]: panel, "message": Place(True, height=1)}
    return {
        "status": Place(True, height=1),
        PANEL_OF_TAB[full]: panel,
        "message": Place(True, height=message),
        "footer": Place(True, height=1),
    }


def _small(session: Session, needed: RowsNeeded, height: int) -> dict[str, Place]:
    """Give the chart the rows it needs where another view than Fit was asked for.

    The table then shows the selected row alone, and a hint under a long message gives way.
    """
    message = min(max(needed.message, MESSAGE_ROWS[0]), MESSAGE_ROWS[1])
    tab_rows = min(9 + MESSAGE_ROWS[0], height - 2 - MIN_CHART_ROWS) - message
    if len(session.tabs) == 1:  # no other tab needs more rows than the table
        tab_rows = min(tab_rows, min(session.state.parameters.units, MAX_UNIT_ROWS) + ROWS_AROUND_UNITS)
    too_low = height - 2 - message - tab_rows < MIN_TOLD_CHART_ROWS
    if too_low and session.view.name != "fit" and session.view.tab == "units":
        message = min(max(needed.message - needed.hint, min(message, ROWS_WITH_HINT)), MESSAGE_ROWS[1])
        shown = _one_below_another(session, SELECTED_ROWS, message)
        return {**shown, "table": shown["table"]._replace(title=None, bare=True)}
    return _one_below_another(session, tab_rows, message)


def _small_tour(session: Session, needed: RowsNeeded, height: int) -> dict[str, Place]:
    """Give the panel that the tour speaks of the rows it needs, and the other what is left.

    The message, which says at length what the caption says, gives way to a chart that would be too low to be read.
    """
    message = min(needed.message, MESSAGE_ROWS[1])
    body = height - 1 - message - needed.tour
    if _told_panel(session) == "chart":
        tab_rows = body - MIN_TOLD_CHART_ROWS - needed.caption
        return _one_below_another(session, tab_rows if tab_rows >= MIN_TAB_ROWS else 0, message if tab_rows >= 0 else 0)
    rows = min(session.state.parameters.units, MAX_UNIT_ROWS)
    inside = {"units": rows + 3, "strips": rows + sum_rows(session)}.get(session.view.tab, 7)
    tab_rows = inside + 2 + needed.caption
    if body - tab_rows < MIN_CHART_BESIDE_TOLD_ROWS:
        body, message = body + message, 0
    return _one_below_another(session, min(tab_rows, body - MIN_CHART_ROWS), message)


def _one_below_another(session: Session, tab_rows: int, message_rows: int) -> dict[str, Place]:
    """Return the places at the small size: one panel of those behind tabs is under the chart, unless it has no rows."""
    tab = session.view.tab
    return {
        "status": Place(True, height=1),
        "chart": Place(True, chart_title(session), subtitle=under_chart(session)),
        PANEL_OF_TAB[tab]: Place(tab_rows > 0, tab_title(tab, session.tabs), tab_rows),
        "message": Place(message_rows > 0, height=message_rows),
        "footer": Place(True, height=1),
    }


def _large(session: Session, needed: RowsNeeded, message_rows: int, height: int) -> dict[str, Place]:
    large = session.view.layout == "large"
    rows = min(session.state.parameters.units, MAX_UNIT_ROWS)
    told, shared = _told_panel(session), _shared_tab(session)
    caption = {id: needed.caption * (id == told) for id in PANEL_OF_TAB.values()}
    tabs = [tab for tab in SHARED_TABS if tab in session.tabs]
    network = session.state.network
    added = "height" if network.stepped else "slope"
    told_strips = f"On and off, {'layer by layer' if network.deeper else f'and the {added} that each unit adds'}"
    body = height - 1 - (needed.ask or message_rows + max(1, needed.tour))  # without status, message and footer, or tour
    loss = min(max(LOSS_ROWS[0], body - rows - 7 - MIN_FORWARD_PASS_ROWS), LOSS_ROWS[1]) + caption[shared]
    table = min(rows + 7, body - loss - MIN_FORWARD_PASS_ROWS) + caption["table"]
    strips = rows + sum_rows(session) + 2 + caption["strips"]
    return {
        "status": Place(True, height=1),
        "chart": Place(True, chart_title(session), "2fr" if large else "1fr", under_chart(session)),
        "strips": Place(session.shows("on"), told_strips, strips),
        "multiples": Place(large, CHART_TITLES["units"]),
        "table": Place(True, TAB_TITLES["units"], table if "walk" in session.tabs else "1fr"),
        "walk": Place("walk" in session.tabs, TAB_TITLES["walk"]),
        **{
            tab: Place(large or tab == shared, TAB_TITLES[tab] if large else tab_title(tab, tabs), "1fr" if large else loss)
            for tab in tabs
        },
        "message": Place(True, height=message_rows),
        "footer": Place(True, height=1),
    }


def _shared_tab(session: Session) -> Tab:
    """Return which of SHARED_TABS is shown at the medium size: during a tour the one that its caption speaks of, if any."""
    told = session.tour.step.place if session.tour else None
    return told if told == "loss" or told == "network" else session.view.shared_tab(session.state.checkpoint.step)


def _told_panel(session: Session) -> str:
    """Return the panel that the caption of the tour stands on: where its own is behind another tab, the chart."""
    place = session.tour.step.place if session.tour else "screen"
    shown = place != "screen" and session.view.layout != "tiny"
    return place if shown and (session.view.layout != "small" or place == PANEL_OF_TAB[session.view.tab]) else "chart"


def full_side(session: Session) -> str:
    """Return the side of the screen that a panel takes with it as it gets the full screen: "left", "right", or "" for none."""
    full = session.view.full
    return "" if full is None else "left" if full in ("chart", "strips") else "right"


def _give_way_to_ask(session: Session, shown: dict[str, Place], ask_rows: int, height: int) -> None:
    """Put a question in the place of the lines at the bottom, on a small screen of the tabs, on a tiny one of the chart.

    The chart stays in sight where there is room for both, and where a place on it is asked for.
    """
    tabs = {PANEL_OF_TAB[tab] for tab in TABS} if session.view.layout == "small" else set()
    gone = {"message", "tour", "footer"} | tabs
    room = height - len(shown.keys() & {"status"}) - MIN_CHART_ROWS
    if session.view.layout == "tiny" and ask_rows > room and session.view.asking and not session.view.asking.ask.place:
        gone, room = gone | {"chart"}, height - 1  # the body keeps a row
    shown |= dict.fromkeys(gone & shown.keys(), Place(False)) | {"ask": Place(True, height=min(ask_rows, room))}
