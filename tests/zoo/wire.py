"""HTTP/1.1 over a socket: requests are read whole, answers leave in one piece."""

# ruff: noqa: ARG002 - an override may look at more than the correct method does

from __future__ import annotations

import re
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Protocol
from urllib.parse import urlsplit

from tests.zoo.messages import Answer, Json, Refused, Request, answer_with

LARGEST_BODY = 65_536
LARGEST_DRAINED = 4_000_000


class Handling(Protocol):
    """What answers requests."""

    def handle(self, request: Request) -> Answer:
        """Answer one request."""

    def error_content(self, refused: Refused) -> Json:
        """Show a refusal."""


class Malformed(Exception):  # noqa: N818 - theirs, not ours
    """What was sent is no HTTP; nothing that follows can be understood."""


class Server(ThreadingHTTPServer):
    """Listens, with a thread for each connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, port: int, zoo: Handling, connection: type[Connection]) -> None:
        super().__init__(("127.0.0.1", port), connection)
        self.zoo = zoo

    def server_bind(self) -> None:
        """Bind without looking up the name of this machine, which takes long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: clients of a zoo hang up when they like."""


class Connection(BaseHTTPRequestHandler):
    """One connection. Each method is a place for one kind of defect."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: Server

    def setup(self) -> None:
        super().setup()
        self.remembered: dict[str, Json] = {}

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Stay silent."""

    def handle_one_request(self) -> None:
        """Read a request, and answer it."""
        self.close_connection = True
        try:
            line = self.rfile.readline(65_537)
            if line in (b"\r\n", b"\n"):
                line = self.rfile.readline(65_537)
            self.raw_requestline = line
            if line and self.parse_request():
                self.exchange()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def exchange(self) -> None:
        """Read the body, and answer."""
        try:
            request = self.request_read()
        except Malformed as malformed:
            self.send_error(400, str(malformed))
            return
        answer = self.server.zoo.handle(request)
        self.close_connection = self.close_connection or answer.close
        self.transmit(request, answer)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request."""
        self.close_connection = True
        code = 405 if code == 501 else code
        refused = Refused(code, "bad_request", message or "This is no request")
        answer = answer_with(code, self.server.zoo.error_content(refused))
        self.wfile.write(self.head(answer) + answer.body)

    def request_read(self) -> Request:
        """Read the rest of a request. Raises Malformed."""
        if self.request_version == "HTTP/1.1" and len(self.headers.get_all("Host", [])) != 1:
            raise Malformed("A request names one host")
        body, too_large = self.body()
        target = urlsplit(self.path).path if "://" in self.path else self.path.partition("?")[0]
        query = self.path.partition("?")[2].partition("#")[0]
        kept = self.remembered
        return Request(self.command, target, query, self.headers, body, too_large, kept)

    def body(self) -> tuple[bytes, bool]:
        """Read the body, and whether it is too large. Raises Malformed."""
        codings = self.headers.get_all("Transfer-Encoding", [])
        lengths = self.headers.get_all("Content-Length", [])
        if codings:
            if [coding.strip().lower() for coding in codings] != ["chunked"] or lengths:
                raise Malformed("The length of the body is ambiguous")
            return self.chunks()
        if not lengths:
            return b"", False
        if len(lengths) != 1 or not re.fullmatch("[0-9]{1,15}", lengths[0].strip()):
            raise Malformed("The length of the body is malformed")
        return self.sized(int(lengths[0]))

    def sized(self, length: int) -> tuple[bytes, bool]:
        if length > LARGEST_DRAINED:
            self.close_connection = True
            return b"", True
        data = self.rfile.read(length)
        if len(data) < length:
            raise ConnectionError
        return data, length > LARGEST_BODY

    def chunks(self) -> tuple[bytes, bool]:
        parts = []
        length = 0
        while size := self.chunk_size():
            length += size
            data = self.rfile.read(size)
            if len(data) < size:
                raise ConnectionError
            if self.rfile.readline(3) != b"\r\n":
                raise Malformed("A chunk has another size than it says")
            if length > LARGEST_DRAINED:
                self.close_connection = True
                return b"", True
            parts.append(data)
        while self.rfile.readline(8_192) not in (b"\r\n", b"\n", b""):
            pass
        return b"".join(parts), length > LARGEST_BODY

    def chunk_size(self) -> int:
        line = self.rfile.readline(8_192).partition(b";")[0].strip()
        if not re.fullmatch(b"[0-9A-Fa-f]{1,8}", line):
            raise Malformed("A chunk has no size")
        return int(line, 16)

    def transmit(self, request: Request, answer: Answer) -> None:
        """Send an answer in one piece."""
        self.wfile.write(self.framed(request, answer))

    def framed(self, request: Request, answer: Answer) -> bytes:
        return self.head(answer) + (b"" if request.method == "HEAD" else answer.body)

    def head(self, answer: Answer) -> bytes:
        """Write the head of an answer."""
        fields = {**self.own_fields(), **answer.headers}
        if answer.status != 204:
            fields["Content-Length"] = str(len(answer.body))
        if self.close_connection:
            fields["Connection"] = "close"
        reason = HTTPStatus(answer.status).phrase
        lines = [f"{self.protocol_version} {answer.status} {reason}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def own_fields(self) -> dict[str, str]:
        return {"Date": formatdate(usegmt=True)}
