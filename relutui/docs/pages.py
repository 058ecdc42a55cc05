"""The pages of the manual in reading order: `relutui docs` prints them, the app shows them under `?`."""

from pathlib import Path

PAGES = (
    "screen",
    "keys",
    "words",
    "questions",
    "teaching",
    "class",
    "data",
    "scenarios",
    "depth",
    "commands",
    "configuration",
    "exchange",
    "python",
    "promises",
    "gpu",
    "cluster",
    "web",
    "speed",
    "architecture",
    "development",
    "upstream",
)


def read_page(name: str) -> str:
    """The Markdown of a page; its first line is a heading of one `#`."""
    return (Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8")


def title(page: str) -> str:
    """The heading of a page."""
    return page.partition("\n")[0].removeprefix("# ")
