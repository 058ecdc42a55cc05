"""`python -m relutui` and the `relutui` command."""

import sys

from relutui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
