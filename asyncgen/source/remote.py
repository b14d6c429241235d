"""Documents over HTTP, for those who allow it: in bounded time and size (S3)."""

from __future__ import annotations

from concurrent.futures import Future
from http.client import HTTPException, HTTPMessage
from threading import Thread
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

SECONDS = 10.0
MAX_BYTES = 10_000_000
MAX_REDIRECTS = 5


def fetch(url: str, seconds: float = SECONDS, max_bytes: int = MAX_BYTES) -> tuple[str, bytes]:
    """What an http or https URL gives in the end, and under which URL.

    Raises OSError, with the reason as its `strerror`, where there is no such
    thing, where it takes longer or is larger, and for a redirection that is no
    longer http, no longer https after it was, or one of too many.
    """
    # In a thread, since the time-out of a socket is for each read and not for the whole.
    answer: Future[tuple[str, bytes]] = Future()
    Thread(target=_answer, args=(answer, url, seconds, max_bytes), daemon=True).start()
    try:
        return answer.result(seconds)
    except HTTPError as error:
        error.close()  # The error is also the response.
        raise OSError(None, f"the server answers {error.code} {error.reason}") from None
    except URLError as error:
        reason = getattr(error.reason, "strerror", None) or str(error.reason)
        raise OSError(None, reason) from None
    except TimeoutError:
        raise OSError(None, f"it takes longer than {seconds:g} seconds") from None
    except (HTTPException, ValueError) as error:
        raise OSError(None, str(error) or type(error).__name__) from None


def _answer(answer: Future[tuple[str, bytes]], url: str, seconds: float, max_bytes: int) -> None:
    try:
        answer.set_result(_get(url, seconds, max_bytes))
    except Exception as error:
        answer.set_exception(error)


def _get(url: str, seconds: float, max_bytes: int) -> tuple[str, bytes]:
    request = Request(url, headers={"User-Agent": "asyncgen", "Accept": "*/*"})
    with build_opener(_Redirects).open(request, timeout=seconds) as response:
        data = response.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise URLError(f"it is larger than {max_bytes:,} bytes")
        return urldefrag(response.url).url, data


class _Redirects(HTTPRedirectHandler):
    max_redirections = MAX_REDIRECTS

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme not in ("https", req.type):
            fp.close()
            raise URLError("it is redirected to something that is not http, or less safe")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
