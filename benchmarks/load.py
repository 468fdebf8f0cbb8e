"""Load: a generator that is never the bottleneck, one epoll loop over keep-alive connections."""

import contextlib
import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 32
_ANSWER_TIMEOUT_S = 30


class NoAnswer(Exception):
    """The server fell silent."""


@dataclass(slots=True)
class Round:
    """What came of one round: requests answered 200, others, and how long each took."""

    seconds: float = 0.0
    done: int = 0
    refused: int = 0
    latencies: list[float] = field(default_factory=list, repr=False)
    recorded_s: float = 0.0  # until all of them were in the tables that people ask; 0 where there are none

    @property
    def recorded_per_second(self) -> float:
        """Requests recorded in a second, from the first one's being sent; 0 where nothing is."""
        return self.done / self.recorded_s if self.recorded_s else 0.0

    @property
    def per_second(self) -> float:
        """Requests answered 200 in a second."""
        return self.done / self.seconds


@dataclass(slots=True)
class _Line:
    """One connection with one request under way at most."""

    port: int
    link: socket.socket | None = None
    unsent: memoryview = field(default_factory=lambda: memoryview(b""))
    answer: bytes = b""
    began: float = 0.0


def closed_loop(
    ports: Sequence[int], letters: Sequence[bytes], *, seconds: float, again: bool = False
) -> Round:
    """Send the letters, each connection its next one once it has its answer, until time or letters are over.

    Connections are spread over `ports`. With `again` the letters are sent round and round.
    """
    return _Loop(ports, letters, again=again).run(seconds)


class _Loop:
    def __init__(self, ports: Sequence[int], letters: Sequence[bytes], *, again: bool) -> None:
        self._lines = [_Line(ports[number % len(ports)]) for number in range(CONNECTIONS)]
        self._by_descriptor: dict[int, _Line] = {}
        self._letters = _round_and_round(letters) if again else iter(letters)
        self._poll = select.epoll()
        self._round = Round()
        self._until = 0.0
        self._under_way = 0

    def run(self, seconds: float) -> Round:
        began = time.perf_counter()
        self._until = began + seconds
        with contextlib.closing(self._poll):
            for line in self._lines:
                self._send_next(line)
            while self._under_way:
                self._turn()
        for line in self._lines:
            if line.link:
                line.link.close()
        self._round.seconds = time.perf_counter() - began
        return self._round

    def _turn(self) -> None:
        events = self._poll.poll(_ANSWER_TIMEOUT_S)
        if not events:
            raise NoAnswer(f"no answer within {_ANSWER_TIMEOUT_S} s")
        for descriptor, event in events:
            line = self._by_descriptor[descriptor]
            if event & select.EPOLLOUT and line.unsent:
                self._push(line)
            if event & ~select.EPOLLOUT:
                self._receive(line)

    def _send_next(self, line: _Line) -> None:
        """Send the next letter, unless it is over."""
        now = time.perf_counter()
        letter = next(self._letters, None) if now < self._until else None
        if letter is None:
            return
        if line.link is None:
            self._connect(line)
        self._under_way += 1
        line.began, line.answer, line.unsent = now, b"", memoryview(letter)
        self._push(line)

    def _connect(self, line: _Line) -> None:
        line.link = socket.create_connection(("127.0.0.1", line.port))
        line.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.link.settimeout(0)
        self._by_descriptor[line.link.fileno()] = line
        self._poll.register(line.link, select.EPOLLIN)

    def _push(self, line: _Line) -> None:
        if line.link is None:
            return
        with contextlib.suppress(BlockingIOError):
            line.unsent = line.unsent[line.link.send(line.unsent) :]
        self._poll.modify(line.link, select.EPOLLIN | (select.EPOLLOUT if line.unsent else 0))

    def _receive(self, line: _Line) -> None:
        if line.link is None:
            return
        chunk = line.link.recv(65536)
        if not chunk:
            raise NoAnswer("the connection was closed before the answer")
        line.answer += chunk
        if not _is_whole(line.answer):
            return
        self._under_way -= 1
        self._round.latencies.append(time.perf_counter() - line.began)
        if line.answer.startswith(b"HTTP/1.1 200"):
            self._round.done += 1
        else:
            self._round.refused += 1
        if b"connection: close" in line.answer.lower():
            line.link.close()
            line.link = None
        self._send_next(line)


def _is_whole(answer: bytes) -> bool:
    head, gap, body = answer.partition(b"\r\n\r\n")
    if not gap:
        return False
    _, found, after = head.lower().partition(b"content-length:")
    return bool(found) and len(body) >= int(after.partition(b"\r\n")[0])


def _round_and_round(letters: Sequence[bytes]) -> Iterator[bytes]:
    while True:
        yield from letters
