"""What a session costs on which nobody types: processor time and bytes, a minute long, with the device open.

Run: python -m tests.benchmarks.idle [SECONDS].
"""

import sys
from time import sleep

from tests.benchmarks.sessions import OWN, READY, Session, verdict

SECONDS, SETTLING = 60.0, 10.0
TARGET = 0.15  # % of a core


def main() -> None:
    """Print the share of a core, what was sent, and the targets."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    session = Session(OWN)
    try:
        session.wait_for(READY)
        session.rest(SETTLING)  # the first kernels are compiled
        cpu, sent = session.cpu(), len(session.sent)
        sleep(seconds)
        share = (session.cpu() - cpu) / seconds * 100
        session.rest(0.1)
        sent = len(session.sent) - sent
    finally:
        session.end()
    print(f"{share:.3f} % of a core over {seconds:.0f} s   target {TARGET}: {verdict(share <= TARGET)}")
    print(f"{sent} bytes sent   target 0: {verdict(sent == 0)}")


if __name__ == "__main__":
    main()
