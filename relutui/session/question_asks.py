"""What each question of the learners asks back at the end of its tour, by the number of the question."""

from relutui.scenario.ask import Ask, Choice, Place, WrongPlace


def _choices(text: str, right: str, then: str, *wrong: tuple[str, str], at: int = 0) -> Ask:
    """Return an ask with choices, each wrong one with its misconception; the right one is the one at index `at`."""
    choices = [Choice(words, False, misconception) for words, misconception in wrong]
    choices.insert(at, Choice(right, True))
    return Ask(text, then, tuple(choices))


QUESTION_ASKS: dict[int, Ask] = {
    6: Ask(
        "Unit 1 has w = 1 and b = -1. b is set to -0.4. Where is its kink then?",
        "The kink is at -b / w = 0.4 / 1: z moves up by 0.6, so its zero slides to the left by 0.6.",
        place=Place(
            "x",
            0.4,
            0.06,
            None,
            (
                WrongPlace(1.6, "a larger bias moves the kink to the right"),
                WrongPlace(1.0, "the bias moves the curve up and leaves the kink"),
            ),
        ),
    ),
}
