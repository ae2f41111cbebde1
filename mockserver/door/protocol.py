"""The HTTP protocol: uvicorn's, with limits on the head and errors in the contract's shape.

Uvicorn answers what is not HTTP in plain text, and takes heads of any size. This subclass relies on
names inside uvicorn 0.34 to 0.54: ``on_message_begin``, ``on_url``, ``on_header``, ``url`` and
``send_400_response``.
"""

from __future__ import annotations

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.api.failures import HeadersTooLarge, MalformedRequest, Rejection, UriTooLong
from mockserver.api.problems import rejected

MAX_URL_BYTES = 4_096
MAX_FIELDS = 64
MAX_HEAD_BYTES = 16_384


class DoorProtocol(HttpToolsProtocol):
    """Lets in requests whose head is within its limits."""

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._rejection: Rejection | None = None
        self._head_bytes = len("POST  HTTP/1.1\r\n\r\n")

    def on_url(self, url: bytes) -> None:
        """Take a part of the request target."""
        super().on_url(url)
        self._head_bytes += len(url)
        if len(self.url) > MAX_URL_BYTES:
            self._reject(UriTooLong(f"The request target is longer than {MAX_URL_BYTES} bytes."))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head."""
        super().on_header(name, value)
        self._head_bytes += len(name) + len(": ") + len(value) + len("\r\n")
        if len(self.headers) > MAX_FIELDS:
            self._reject(HeadersTooLarge(f"The head has more than {MAX_FIELDS} fields."))
        if self._head_bytes > MAX_HEAD_BYTES:
            self._reject(HeadersTooLarge(f"The head is longer than {MAX_HEAD_BYTES} bytes."))

    def send_400_response(self, msg: str) -> None:
        """Answer a request that does not get in, and close the connection."""
        rejection = getattr(self, "_rejection", None) or MalformedRequest(msg)
        answer = rejected(rejection)
        phrase = HTTPStatus(answer.status).phrase
        head = (
            f"HTTP/1.1 {answer.status:d} {phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(answer.body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + answer.body)
        self.transport.close()

    def _reject(self, rejection: Rejection) -> None:
        """Stop parsing: the exception makes uvicorn call :meth:`send_400_response`."""
        self._rejection = rejection
        raise rejection
