"""Callers: a bounded number of threads that call AWS; a process that ends does not wait for them."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_Work = tuple[Future[Any], Callable[[], Any]]


class Callers(Executor):
    """Like ThreadPoolExecutor, whose threads hold up the end of the process for as long as AWS does not answer."""

    def __init__(self, most: int) -> None:
        """`most` threads; each is started when there is work and none is idle."""
        self._most = most
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._door = threading.Lock()
        self._threads = 0
        self._is_closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have the call made as soon as a thread is free. Raises RuntimeError after the shutdown."""
        future: Future[T] = Future()
        with self._door:
            if self._is_closed:
                raise RuntimeError("no calls are made any more")
            self._work.put((future, partial(fn, *args, **kwargs)))
            if not self._idle.acquire(blocking=False) and self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._run, name=f"aws-{self._threads}", daemon=True).start()
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:  # noqa: FBT001, FBT002, ARG002 -- as Executor has it
        """Begin no call any more; what is under way is left to itself, whatever is asked for."""
        with self._door:
            self._is_closed = True
            for future, _ in self._queued():
                future.cancel()
            for _ in range(self._threads):
                self._work.put(None)

    def _queued(self) -> list[_Work]:
        left: list[_Work] = []
        while not self._work.empty():
            work = self._work.get()
            left += [work] if work else []
        return left

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            _do(*work)
            del work  # nobody waits for the answer any more: it must not live until the next call
            self._idle.release()


def _do(future: Future[Any], call: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 -- as in any executor, it belongs to whoever waits
        future.set_exception(error)
    else:
        future.set_result(result)
