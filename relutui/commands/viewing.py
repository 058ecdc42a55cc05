"""The commands that look: the probe, the views, what they show of the network, and the range of the axes."""

from collections.abc import Callable
from dataclasses import replace

from relutui.commands.command import Command, Show
from relutui.session import edits
from relutui.session.session import Session
from relutui.session.settings_edits import next_value
from relutui.session.shown import views_of

MORE_DIGITS = 2  # digits


def _change_view(by: int) -> Callable[[Session], Session]:
    def change(session: Session) -> Session:
        views, present = views_of(session), session.view.name
        return session.with_view(name=next_value(views, present, by) if present in views else views[0], message=None)

    return change


def toggle_full(session: Session) -> Session:
    """Give the chart the full screen, or leave that."""
    return session.with_view(full=None if session.view.full else "chart", message=None)


def _toggle_numbers(session: Session) -> Session:
    shown = session.view.numbered and session.view.name == "fit"
    return session.with_view(numbered=not shown, name="fit", message=None)


def _toggle_everything(session: Session) -> Session:
    show = not session.progress.show_everything
    session = replace(session, progress=replace(session.progress, show_everything=show))
    session = session if session.view.tab in session.tabs else session.with_view(tab="units")
    words = ("everything", "what the course has explained so far")
    return session.say(f"shown: {words[0 if show else 1]}; D again: {words[1 if show else 0]}")


def _toggle_digits(session: Session) -> Session:
    return session.with_view(more_digits=0 if session.view.more_digits else MORE_DIGITS, message=None)


# Below, what only few commands need is imported when one of them runs, because start-up time counts.


def _probe_by_points(points: int) -> Callable[[Session], Session]:
    def move(session: Session) -> Session:
        from relutui.session.probe_edits import probe_by_points

        return probe_by_points(session, points)

    return move


def _probe_by_range(tenths: int) -> Callable[[Session], Session]:
    def move(session: Session) -> Session:
        from relutui.session.probe_edits import probe_by_range

        return probe_by_range(session, tenths)

    return move


def _add_term(session: Session) -> Session:
    from relutui.session.partial_sum import add_term

    return add_term(session)


def _remove_term(session: Session) -> Session:
    from relutui.session.partial_sum import remove_term

    return remove_term(session)


def _set_x_axis(session: Session) -> Session:
    from relutui.session.landscape_axes import set_x_axis

    return set_x_axis(session)


def _set_y_axis(session: Session) -> Session:
    from relutui.session.landscape_axes import set_y_axis

    return set_y_axis(session)


def _widen_x_range(session: Session) -> Session:
    from relutui.session.range_edits import widen_x_range

    return widen_x_range(session)


def _why_no_pieces(session: Session) -> str | None:
    return None if session.state.network.kinked else "only units with a kink make straight pieces"


def _why_no_numbers(session: Session) -> str | None:
    bent = session.state.network.output_activation != "identity"
    return "the output activation bends the curve too; K lists the pieces before it" if bent else _why_no_pieces(session)


VIEWING: tuple[Command, ...] = (
    Command("probe-left", ("[",), "Probe left", "move the probe left by a point", _probe_by_points(-1)),
    Command("probe-right", ("]",), "Probe right", "move the probe right by a point", _probe_by_points(1)),
    Command(
        "probe-far-left",
        ("{",),
        "Probe far left",
        "move it left by a tenth of the range",
        _probe_by_range(-1),
    ),
    Command(
        "probe-far-right",
        ("}",),
        "Probe far right",
        "move it right by a tenth of the range",
        _probe_by_range(1),
    ),
    Command("probe-at", ("P",), "Probe at", "probe at an x that you type", lambda s: Show("probe")),
    Command("equation", ('"',), "Equation", "write out the equation of the network, to take along", lambda s: Show("equation")),
    Command("digits", ("#",), "More digits", "two digits more in the table and at the probe, or as usual", _toggle_digits),
    Command(
        "everything",
        ("D",),
        "Everything",
        "show everything, or in the course only what was explained so far",
        _toggle_everything,
    ),
    Command(
        "pieces",
        ("K",),
        "Pieces",
        "list the slopes and joints of all straight pieces",
        lambda s: Show("pieces"),
        _why_no_pieces,
    ),
    Command(
        "numbers",
        ("N",),
        "Number the pieces",
        "number the straight pieces (segments) of the prediction, or not",
        _toggle_numbers,
        _why_no_numbers,
    ),
    Command(
        "view",
        ("v",),
        "View",
        "next view: Fit, Units, Contributions, Outputs, Trace, Network, Residual, Sizes, Activations, Trail, Loss, Landscape",
        _change_view(1),
    ),
    Command("view-back", ("V",), "View back", "previous view", _change_view(-1)),
    Command(
        "add-term",
        ("c",),
        "Add to the sum",
        "Contributions: add the selected unit, or the next, to the sum",
        _add_term,
    ),
    Command("take-term", ("C",), "Take back", "Contributions: take the last unit out of the sum", _remove_term),
    Command("across", ("j",), "Across", "Landscape: put the selected parameter on the x axis", _set_x_axis),
    Command("upward", ("J",), "Up", "Landscape: put the selected parameter on the y axis", _set_y_axis),
    Command("full", ("Z",), "Full screen", "the chart on the full screen; tab: the other panels", toggle_full),
    Command("fit-range", ("y",), "Fit y-range", "fit the y-range to the data and the prediction", edits.fit_limits),
    Command(
        "beyond",
        ("B",),
        "Beyond the data",
        "widen the x-range beyond the data: twice, four times, or back",
        _widen_x_range,
    ),
)
