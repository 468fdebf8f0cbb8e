"""Group commit: what waits together is committed together, and fails alone."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, event, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.store import lookups, notices
from bot.store.database import Database, StoreUnavailable
from bot.store.schema import lookups as table
from tests.store.telling import HOUR, NOW, arn


def add(conn: Connection, number: int) -> int:
    """A row."""
    lookups.add(conn, arn(number), NOW, NOW)
    return number


def count(conn: Connection) -> int:
    """Rows."""
    return conn.execute(select(func.count()).select_from(table)).scalar_one()


class Rejected(Exception):
    """A job's own refusal."""


def add_and_fail(conn: Connection, number: int) -> int:
    """A row that must not stay."""
    add(conn, number)
    raise Rejected(f"not {number}")


@pytest.fixture
def commits(database: Database) -> list[Connection]:
    """Grows by one with each commit."""
    seen: list[Connection] = []

    @event.listens_for(database._writer.engine, "commit")
    def note(connection: Connection) -> None:
        seen.append(connection)

    return seen


async def test_two_hundred_writers_share_commits(database: Database, commits: list[Connection]) -> None:
    results = await asyncio.gather(*(database.write(add, number) for number in range(200)))
    assert results == list(range(200))
    assert await database.read(count) == 200
    assert len(commits) <= 5


async def test_a_failing_job_fails_alone(database: Database) -> None:
    jobs = [database.write(add_and_fail if number % 3 == 0 else add, number) for number in range(30)]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [str(one) for one in results[::3]] == [f"not {number}" for number in range(0, 30, 3)]
    assert all(isinstance(one, Rejected) for one in results[::3])
    assert await database.read(count) == 20


async def test_what_waits_for_the_same_job_runs_together(database: Database) -> None:
    sizes = []

    def add_all(conn: Connection, numbers: Sequence[int]) -> list[str]:
        sizes.append(len(numbers))
        return [str(add(conn, number)) for number in numbers]

    jobs = [database.write_together(add_all, number) for number in range(60)]
    others = [database.write(add, number) for number in range(60, 90)]
    assert await asyncio.gather(*jobs, *others) == [*map(str, range(60)), *range(60, 90)]
    assert sum(sizes) == 60
    assert len(sizes) <= 5
    assert await database.read(count) == 90


async def test_one_that_fails_among_those_that_run_together_fails_alone(database: Database) -> None:
    def add_all(conn: Connection, numbers: Sequence[int]) -> list[int]:
        return [(add_and_fail if number == 7 else add)(conn, number) for number in numbers]

    jobs = [database.write_together(add_all, number) for number in range(20)]
    results = await asyncio.gather(*jobs, database.write(add, 20), return_exceptions=True)
    assert isinstance(results.pop(7), Rejected)
    assert results == [number for number in range(21) if number != 7]
    assert await database.read(count) == 20


async def test_a_broken_statement_fails_alone(database: Database) -> None:
    twice = insert(table).values(
        task_arn=arn(), published_at=NOW, attempts=0, fence=0, due_at=NOW, lease_owner="", error=""
    )

    def add_plainly(conn: Connection) -> int:
        conn.execute(twice)
        return 1

    jobs = [database.write(add_plainly), database.write(add_plainly), database.write(add, 2)]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert (results[0], results[2]) == (1, 2)
    assert isinstance(results[1], IntegrityError)
    assert await database.read(count) == 2


async def test_a_failed_commit_reaches_the_whole_batch_and_nobody_after(database: Database) -> None:
    def refuse(_connection: Connection) -> None:
        event.remove(database._writer.engine, "commit", refuse)
        raise OSError("disk full")

    event.listen(database._writer.engine, "commit", refuse)
    gate = threading.Event()
    first = asyncio.ensure_future(database.write(lambda _conn: gate.wait(5)))
    others = [asyncio.ensure_future(database.write(add, number)) for number in range(5)]
    await asyncio.sleep(0)
    gate.set()
    results = await asyncio.gather(first, *others, return_exceptions=True)
    refused = [one for one in results if isinstance(one, StoreUnavailable)]
    assert refused
    assert all("disk full" in str(one) for one in refused)
    assert await database.read(count) == sum(isinstance(one, int) for one in results[1:])
    assert await database.write(add, 99) == 99


async def test_a_cancelled_caller_does_not_break_the_batch(database: Database) -> None:
    gate = threading.Event()
    blocker = asyncio.ensure_future(database.write(lambda _conn: gate.wait(5)))
    callers = [asyncio.ensure_future(database.write(add, number)) for number in range(10)]
    await asyncio.sleep(0)
    for caller in callers[::2]:
        caller.cancel()
    gate.set()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert [one for one in results if isinstance(one, int)] == [1, 3, 5, 7, 9]
    assert await blocker is True
    assert await database.read(count) == 10


async def test_closing_finishes_what_is_queued(database: Database) -> None:
    gate = threading.Event()
    blocker = asyncio.ensure_future(database.write(lambda _conn: gate.wait(5)))
    callers = [asyncio.ensure_future(database.write(add, number)) for number in range(10)]
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(database.close())
    gate.set()
    assert await asyncio.gather(*callers) == list(range(10))
    await asyncio.gather(blocker, closing)
    with pytest.raises(StoreUnavailable, match="closed"):
        await database.write(add, 11)
    with pytest.raises(StoreUnavailable, match="closed"):
        await database.read(count)
    await database.close()


def test_callers_of_several_loops_are_each_woken_on_their_own(store_url: str) -> None:
    database = Database.open(store_url)

    async def write_some(first: int) -> list[int]:
        return await asyncio.gather(*(database.write(add, first + number) for number in range(20)))

    threads = [threading.Thread(target=lambda n=n: asyncio.run(write_some(n))) for n in range(0, 80, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asyncio.run(database.read(count)) == 80
    asyncio.run(database.close())


async def test_listeners_hear_of_commits_that_changed_rows_only(database: Database) -> None:
    heard: asyncio.Queue[asyncio.AbstractEventLoop] = asyncio.Queue()
    database.on_commit(lambda: heard.put_nowait(asyncio.get_running_loop()))
    await database.write(notices.lease, "me", NOW, limit=9, lease_for=HOUR)
    await database.write(count)
    await database.write(add, 1)
    assert await asyncio.wait_for(heard.get(), 5) is asyncio.get_running_loop()
    await database.write(lookups.lease, "me", NOW, limit=9, lease_for=HOUR)
    await asyncio.wait_for(heard.get(), 5)
    await database.write(lookups.lease, "me", NOW, limit=9, lease_for=HOUR)
    await database.close()
    assert heard.empty()


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only|readonly"):
        await database.read(add, 1)
    assert await database.read(count) == 0


async def test_a_reader_sees_one_moment(database: Database) -> None:
    gate, counted = threading.Event(), threading.Event()

    def twice(conn: Connection) -> tuple[int, int]:
        first = count(conn)
        counted.set()
        gate.wait(5)
        return first, count(conn)

    reading = asyncio.ensure_future(database.read(twice))
    await asyncio.to_thread(counted.wait, 5)
    await database.write(add, 1)
    gate.set()
    assert await reading == (0, 0)
    assert await database.read(count) == 1


async def test_trouble_is_told_without_parameters(database: Database) -> None:
    async def ask(secret: str) -> None:
        await database.read(lambda conn: conn.execute(text("SELECT :s FROM nowhere"), {"s": secret}))

    with pytest.raises(Exception, match="nowhere") as refusal:
        await ask("xoxb-secret")
    assert "xoxb-secret" not in str(refusal.value)


async def test_replicas_that_lock_in_different_orders_both_get_their_turn(postgres_url: str) -> None:
    one, other = Database.open(postgres_url), Database.open(postgres_url)
    await one.write(lambda conn: [add(conn, 1), add(conn, 2)])
    both_hold = threading.Barrier(2, timeout=5)

    def lock(conn: Connection, first: int, second: int) -> None:
        for number in (first, second):
            conn.execute(select(table).where(table.c.task_arn == arn(number)).with_for_update())
            if number == first and not both_hold.broken:
                try:
                    both_hold.wait()
                except threading.BrokenBarrierError:
                    continue  # the second attempt is alone
                both_hold.abort()
        conn.execute(table.update().values(attempts=table.c.attempts + 1))

    await asyncio.gather(one.write(lock, 1, 2), other.write(lock, 2, 1))
    attempts = await one.read(lambda conn: conn.execute(select(table.c.attempts)).scalars().all())
    assert list(attempts) == [2, 2]
    await asyncio.gather(one.close(), other.close())
