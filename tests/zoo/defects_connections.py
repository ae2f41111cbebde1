"""More defects of the layer *http*: how requests are read from a connection."""

from __future__ import annotations

import contextlib
import time

from tests.zoo.defects_framing import on_wire
from tests.zoo.messages import Answer, Request
from tests.zoo.wire import LARGEST_BODY, Connection


class ChunkedEmpty(Connection):
    """Takes a chunked body for an empty one."""

    def chunks(self) -> tuple[bytes, bool]:
        super().chunks()
        return b"", False


class ChunkedHangs(Connection):
    """Waits for more after a chunked body."""

    def chunks(self) -> tuple[bytes, bool]:
        super().chunks()
        time.sleep(20)
        raise ConnectionError


class ChunkExtensions(Connection):
    """Knows no extensions of chunks."""

    def chunk_size(self) -> int:
        line = self.rfile.readline(8_192).strip()
        try:
            return int(line, 16)
        except ValueError:
            raise ConnectionError from None


class ExpectHangs(Connection):
    """Never says that a client may continue."""

    def handle_expect_100(self) -> bool:
        time.sleep(20)
        self.close_connection = True
        return False


class ExpectFails(Connection):
    """Breaks when a client asks whether it may continue."""

    def handle_expect_100(self) -> bool:
        self.send_error(500, "Something went wrong")
        return False


class CloseIgnored(Connection):
    """Leaves connections open that a client wants closed."""

    def transmit(self, request: Request, answer: Answer) -> None:
        if (request.header("Connection") or "").lower() == "close":
            self.close_connection = False
        super().transmit(request, answer)


class PipelineLost(Connection):
    """Forgets what came together with a request."""

    def transmit(self, request: Request, answer: Answer) -> None:
        super().transmit(request, answer)
        self.connection.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while self.rfile.read1(65_536):
                pass
        self.connection.settimeout(self.timeout)


class HeaderCase(Connection):
    """Knows headers only as they are usually written."""

    def request_read(self) -> Request:
        request = super().request_read()
        for name in list(request.headers):
            if name != name.title():
                del request.headers[name]
        return request


class AbsoluteLost(Connection):
    """Does not know requests that name the whole URL."""

    def request_read(self) -> Request:
        request = super().request_read()
        if "://" in self.path:
            request.path = self.path
        return request


class SecondFails(Connection):
    """Answers only ten requests of a connection, and breaks on the next."""

    def exchange(self) -> None:
        self.remembered["count"] = self.remembered.get("count", 0) + 1
        if self.remembered["count"] > 10:
            self.send_error(500, "Something went wrong")
            return
        super().exchange()


class SmallBuffer(Connection):
    """Reads only the first 1,024 bytes of a body."""

    def sized(self, length: int) -> tuple[bytes, bool]:
        data, too_large = super().sized(length)
        return data[:1024], too_large


class FirstChunk(Connection):
    """Reads only the first chunk of a body."""

    def chunks(self) -> tuple[bytes, bool]:
        size = self.chunk_size()
        data = self.rfile.read(size)
        self.rfile.readline(3)
        if size:
            super().chunks()
        return data, False


on_wire("wire_chunked_empty", "A chunked body is taken for an empty one.", ChunkedEmpty)
on_wire("wire_chunked_hangs", "A chunked request is never answered.", ChunkedHangs)
on_wire("wire_first_chunk", "Only the first chunk of a body is read.", FirstChunk)
on_wire("wire_chunk_extensions", "A chunk with an extension is not answered.", ChunkExtensions)


class ExpectIgnored(Connection):
    """Waits for a body without asking for it."""

    def handle_expect_100(self) -> bool:
        return True


class LargeLeft(Connection):
    """Leaves what is too large unread, on a connection that goes on."""

    def sized(self, length: int) -> tuple[bytes, bool]:
        return (b"", True) if length > LARGEST_BODY else super().sized(length)


on_wire("wire_expect_ignored", "A body is not asked for where Expect says so.", ExpectIgnored)
on_wire("wire_large_left", "A body that is too large is taken for the next request.", LargeLeft)
on_wire("wire_expect_hangs", "Expect: 100-continue is never answered.", ExpectHangs)
on_wire("wire_expect_breaks", "Expect: 100-continue is a 500.", ExpectFails)
on_wire("wire_close_ignored", "Connection: close is ignored.", CloseIgnored)
on_wire("wire_pipeline_lost", "The second of two requests sent together is lost.", PipelineLost)
on_wire("wire_header_case", "Names of headers in lower case are not known.", HeaderCase)
on_wire("wire_absolute_lost", "A request for a whole URL is not found.", AbsoluteLost)
on_wire("wire_eleventh_breaks", "The eleventh request of a connection is a 500.", SecondFails)
on_wire("wire_small_buffer", "Only 1,024 bytes of a body are read.", SmallBuffer, "accepts")
