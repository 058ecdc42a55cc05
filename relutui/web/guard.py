"""Who may ask: the token, the host and the origin of a request, and what a page may load."""

import hmac
import re
import secrets
import sys
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from relutui.lib.safe_text import sanitize_line
from relutui.web.settings import Settings

LOCAL_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?")
MAX_PORT = 65535

HEADERS = {
    # Nothing comes from elsewhere. The terminal in the page, xterm.js, makes style sheets as it runs, but no scripts.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the token is in the address
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Checks requests; its token is new with every server."""

    def __init__(self, settings: Settings) -> None:
        self.token = secrets.token_urlsafe(32)
        self._public_origin = settings.public_origin

    def knows_token(self, given: str) -> bool:
        """Whether this is the token; how long it takes tells nothing of how much of it is right."""
        return hmac.compare_digest(given.encode(errors="replace"), self.token.encode())

    def refusal(self, request: web.BaseRequest) -> str:
        """Why a request is refused for its host or origin; empty if it is not.

        A page from elsewhere, or a name that somebody has let lead to this machine, must not speak to the server.
        """
        host = request.headers.get(hdrs.HOST, "")
        if not (_is_local(host) or (self._public_origin and host == urlsplit(self._public_origin).netloc)):
            return "expected localhost or the host of --public-url"
        if not self.is_own_origin(request) and hdrs.ORIGIN in request.headers:
            return "expected a page of this server"
        return ""

    def is_own_origin(self, request: web.BaseRequest) -> bool:
        """Whether a request says that a page of this server has made it, as browsers do for websockets and for POST."""
        origin = request.headers.get(hdrs.ORIGIN, "")
        host = request.headers.get(hdrs.HOST, "")
        return bool(origin) and origin in (f"http://{host}" if _is_local(host) else None, self._public_origin)


def _is_local(host: str) -> bool:
    """Whether a host is this machine, at any port: a tunnel may begin at another one."""
    found = LOCAL_HOST.fullmatch(host)
    return found is not None and int(found[1] or 0) <= MAX_PORT


def checking(guard: Guard) -> Middleware:
    """Return what every request passes first."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if refusal := guard.refusal(request):
            raise web.HTTPForbidden(text=f"{refusal}\n")
        try:
            return await handler(request)
        except (ConnectionError, TimeoutError):  # the browser's
            raise
        except OSError as error:  # a full disk, or a folder that is gone
            print(sanitize_line(str(error)), file=sys.stderr, flush=True)
            raise web.HTTPInternalServerError(text=f"not done on the server: {error.strerror}\n") from None

    return check


async def add_headers(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Tell the browser what the page may do, with every response."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
