"""`relutui progress`: what was solved and answered here."""

import sys
import time

from relutui.explain.phrasing import count_text
from relutui.lib.safe_text import sanitize_line
from relutui.session.progress import Progress, key_name
from relutui.session.progress_file import clear_progress, load_progress


def print_progress(clear: bool) -> int:
    """Print the scenarios solved and the number of right answers; with `clear`, forget them."""
    problems: list[str] = []
    progress = clear_progress(problems.append) if clear else load_progress(problems.append)
    for problem in problems:
        print(problem, file=sys.stderr)
    for line in _lines(progress):
        print(line)
    print(f"{'cleared: ' if clear else ''}{_summary(progress)}")
    return 1 if problems else 0


def _lines(progress: Progress) -> list[str]:
    width = max((len(key_name(key)) for key in progress.solved), default=0)
    return [
        f"solved {sanitize_line(key_name(key)):<{width}}  {time.strftime('%Y-%m-%d', time.localtime(solved.when))}  "
        f"{count_text(solved.edits, 'edit')}, {count_text(solved.steps, 'step')}"
        for key, solved in progress.solved.items()
    ]


def _summary(progress: Progress) -> str:
    right = sum(answer.right for answer in progress.answers)
    answers = f"{count_text(len(progress.answers), 'answer')}, {right} right"
    opened = count_text(len(progress.opened), "scenario")
    return f"{opened} opened, {len(progress.solved)} solved; {answers}"
