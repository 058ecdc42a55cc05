"""What is written in the borders of the panels: titles, the names of tabs, and a line that says what a panel shows."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from relutui.explain import best, exercise, gloss
from relutui.model.network import KINKED
from relutui.plot.plain import PLAIN
from relutui.readout.equation import by_parameters, by_slopes
from relutui.readout.fit import target_mark
from relutui.scenario.scenario import View
from relutui.session import hold_text
from relutui.session.own_units import loss_name, x_texts
from relutui.session.session import Session
from relutui.session.view_state import Tab

CHART_TITLES: dict[View, str] = {
    "fit": "Fit  ● target ━ prediction ┅ unit ◆ kink ┄ best",
    "units": "Units   ━ a   ┅ z   ░ off",
    "contributions": "Contributions  ● target ┅ unit + in the sum ━ Σ ┈ before",
    "outputs": "Outputs   a and v a of all units, and of one alone",
    "trace": "Trace  all curves as far as the probe ◉  } moves it",
    "residual": "Residual   ŷ - y, and the MSE of each piece under it",
    "sizes": "Sizes  ● target ━ n units by hand, and the network here",
    "network": "Network  x × w + b = z → a × v, Σ + c = ŷ   ━ large ┄ 0",
    "activations": "Activations, each with its MSE  ● target ━ prediction ┅ a",
    "trail": "Trail   x of each kink, against the step",
    "landscape": "Landscape  ○ • the run  ◆ here  ✕ lowest   j, J: axes",
    "loss": "Loss   log scale, against the step",
}
VIEWS_OF_CURVES: tuple[View, ...] = ("units", "contributions", "outputs", "trace", "activations")  # they go beyond the data
VIEWS_IN_LINE: tuple[View, ...] = ("fit", "contributions", "residual")  # whose x axis is that of the strips
VIEWS_IN_SCALED_UNITS: tuple[View, ...] = ("units", "contributions", "outputs", "trace")  # as far as y goes
TAB_TITLES: dict[Tab, str] = {
    "units": "Units",
    "strips": "On and off",
    "walk": "At the probe",
    "loss": "Loss",
    "network": "Network",
}
MAX_EQUATION_UNITS = 4  # whose equation may fit under a panel


def chart_title(session: Session) -> str:
    """Return the title of the chart; the Fit view's has room to explain one more sign, the one that most needs it."""
    title, network = CHART_TITLES[session.view.name], session.state.network
    title = title.replace("● target", f"{target_mark(len(session.dataset))} target")
    title = title.replace("MSE  ", f"{loss_name(session)}  ")  # of the activations
    title = title.replace("the MSE of", f"the {loss_name(session, 'mse')} of")  # of the residual
    if PLAIN.get():
        title = title.replace("━ large", "= large")  # as the network is drawn then
    if layers := len(network.deeper):
        title = title.replace("◆ kink", f"1-{layers + 1} kink by layer")
        title = title.replace("Units ", f"Units of layer {session.view.selection.layer} ") + f"   1-{layers + 1} kink" * (
            session.view.name == "units"
        )
        title = title if session.view.selection.layer == layers + 1 else title.replace("┅ unit ", "")  # which adds to no other
    if session.view.name != "fit":
        from relutui.explain.edit_effect import edited_fields  # imported on demand: start-up time counts
        from relutui.session.partial_sum import summed_terms

        if session.view.name == "units" and any(each.field in ("w", "b") for each in edited_fields(session)):
            title = "Units  ━ a  ┅ z  ░ off  ┈ ◇ before  ◆ now"
        if network.output_activation == "relu" and session.state.parameters.units + 1 in summed_terms(session):
            title = title.replace("┈ before", "┈ cut off")  # of the sum, by the output's relu
        if session.scale.changes and session.view.name == "loss":
            title = title.replace("Loss", loss_name(session))
        if session.scale.changes and session.view.name == "sizes":
            title = f"{title}   MSE scaled"
        if session.scale.changes and session.view.name in VIEWS_IN_SCALED_UNITS:
            title = f"{title.removesuffix(' ┈ before')}   y scaled"
        beyond = session.view.beyond and session.view.name in VIEWS_OF_CURVES
        return f"{title.removesuffix(' ┈ before')} ╱ no data" if beyond else title
    if (asked := session.view.asking) and (asked.ask.place or (asked.ask.supposed and asked.answer)):
        mark = "   ? your answer" if asked.ask.place else ""
        truth = f"   {'┅' if asked.ask.supposed else ''}T the truth" if asked.ask.place else "   ┅ the truth"
        return f"{title.partition(' ┅')[0]}{mark}{truth if asked.answer else ''}"
    if session.view.drawing:
        return "Draw a target  ● point ─ joined + cursor ━ prediction ◆ kink"
    if session.view.hold:
        return title.replace("◆ kink ┄ best", f"◆ {hold_text.bend_word(network)} ┈ before")
    if not session.shows("best"):
        title = title.removesuffix(" ┄ best")
    if session.view.beyond:
        return f"{title} ╱ no data"
    if session.findings.preview:
        return f"{title} ┈□ preview"
    if session.scenario.target.noisy_curve:
        return f"{title} ╶ clean"
    if network.output_activation in KINKED:
        return f"{title} ◇ of output"
    return f"{title} ┷► push" if _pushed(session) else title


def _pushed(session: Session) -> bool:
    """Return whether arrows under the Fit view show the next step."""
    network = session.state.network
    return network.kinked and not network.deeper and session.state.trainable and session.shows("push")


def tab_title(shown: Tab, tabs: Sequence[Tab]) -> str:
    """Return the names of tabs, the one shown in brackets."""
    return "  ".join(f"‹{TAB_TITLES[tab]}›" if tab == shown else TAB_TITLES[tab] for tab in tabs) + "   (tab)" * (len(tabs) > 1)


def tab_at(title: str, column: int) -> Tab | None:
    """Return the tab whose name is in a column of a title, if any."""
    for tab, name in TAB_TITLES.items():
        start = title.find(name)
        if "(tab)" in title and 0 <= start <= column < start + len(name):
            return tab
    return None


def panel_gloss(id: str, session: Session, room: int) -> str:
    """Return the longest line of at most `room` columns that says what a panel is; empty if there is none."""
    network = session.state.network
    texts: Iterable[str]
    match id:
        case "chart":
            of_view = gloss.VIEW_GLOSSES[session.view.name]
            if session.view.name == "fit" and network.deeper:
                of_view = gloss.LAYER_FIT
            elif session.view.name == "fit" and _pushed(session):
                of_view = gloss.PUSHED
            elif session.view.name == "sizes":
                from relutui.readout.residual import best_parabola_errors  # imported on demand: start-up time counts

                of_view = gloss.SIZES_OF_PARABOLA if best_parabola_errors(session.dataset, 1) else of_view
            texts = gloss.DRAWN if session.view.drawing else gloss.HELD if _in_hand(session) else of_view
        case "table":
            texts = gloss.column_gloss(session.view.selection.field, network, scaled=session.scale.changes)
            texts = gloss.in_layer(texts, session.view.selection.layer, 1 + len(network.deeper))
        case "strips":
            x_range = "" if session.view.name in VIEWS_IN_LINE else f"x from {' to '.join(x_texts(session, session.x_range))}"
            texts = gloss.strips_gloss(network, x_range, ticked=bool(exercise.progress(session)))
            texts = gloss.LAYER_STRIPS if network.deeper else texts
        case "walk":
            texts = gloss.WALK
        case "loss" | "network":
            texts = gloss.VIEW_GLOSSES["loss" if id == "loss" else "network"]
        case _:
            return ""
    if id == "network" or (id == "chart" and session.view.name == "network"):
        texts = chain(_equations(session), gloss.SCALED_NETWORK if session.scale.changes else texts)
    return next((text for text in texts if len(text) <= room), "")


def _equations(session: Session) -> Iterator[str]:
    """Yield the equation of a network of few units, in both forms."""
    if session.state.parameters.units <= MAX_EQUATION_UNITS and not session.state.network.deeper:
        yield " ".join(by_parameters(session))
        if terms := by_slopes(session):
            yield " ".join(terms)


def _in_hand(session: Session) -> bool:
    """Return whether the chart shows what is being moved by hand, beside the curve of before."""
    return session.view.hold is not None and session.view.name == "fit"


def under_chart(session: Session) -> str:
    """Return how the loss compares with the best possible, for the border of the Fit view; else an empty text."""
    aside = session.view.drawing or _in_hand(session) or not session.shows("best")
    return best.comparison_with_best(session) if session.view.name == "fit" and not aside else ""
