"""`relutui docs`: the manual, in a terminal."""

import sys
from io import TextIOWrapper
from typing import cast

from relutui.cli.usage import UsageError
from relutui.docs.pages import PAGES, read_page, title


def docs(name: str | None) -> int:
    """Print a page, or the list of them with their titles."""
    if name and name not in PAGES:
        raise UsageError(f'docs: expected one of {", ".join(PAGES)}, got "{name}"')
    cast(TextIOWrapper, sys.stdout).reconfigure(errors="replace")  # not every terminal's encoding has ŷ
    if name:
        print(read_page(name), end="")
    else:
        width = max(map(len, PAGES))
        for page in PAGES:
            print(f"{page:<{width}}  {title(read_page(page))}")
    return 0
