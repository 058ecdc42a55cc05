"""Files in a zip archive, which anyone may have made: few, small, and never unpacked to a disk."""

import io
import zipfile
import zlib

from relutui.exchange.problem import ExchangeError
from relutui.lib.safe_text import quote_value

MAX_MEMBERS = 64
_ENTRY = b"PK\x01\x02"  # begins the entry of each file at the end of an archive


def members_of(content: bytes, limit: int) -> dict[str, bytes]:
    """Return the files of an archive by name.  Raises ExchangeError if they are more than `limit` bytes together."""
    if content.count(_ENTRY) > MAX_MEMBERS:  # before zipfile makes an object of each
        raise ExchangeError(f"expected at most {MAX_MEMBERS} files in it")
    members: dict[str, bytes] = {}
    left = limit
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without a bound
                    raise ExchangeError(f"{quote_value(info.filename)} in it is compressed in another way than deflate")
                with archive.open(info) as file:
                    members[info.filename] = file.read(left + 1)
                left -= len(members[info.filename])
                if left < 0:
                    raise ExchangeError(f"expected at most {limit // 1_000_000} MB once it is unpacked")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise ExchangeError(f"no archive that can be read: {str(error)[:80]}") from None
    return members
