"""Upkeep: what went quiet resolves, silences end, what is old goes; a step at a time."""

from datetime import timedelta

from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, func, insert, select

from bot.domain.incident.incident import Phase, Resolution
from bot.domain.resize.audit import Deed, Entry
from bot.domain.subject.silence import Matcher
from bot.reconcile.bench import Bench
from bot.reconcile.keep import Keep
from bot.reconcile.metrics import Metrics
from bot.reconcile.upkeep import Upkeep
from bot.store import audit_trail, incidents, silences
from bot.store.schema import deliveries
from tests.reconcile.scene import KEY, Scene

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def upkeep(stage: Scene, registry: CollectorRegistry | None = None) -> Upkeep:
    bench = Bench(
        db=stage.db,
        poster=stage.bench.poster,
        pace=stage.bench.pace,
        metrics=Metrics(registry or CollectorRegistry()),
        worker="worker-1",
        clock=stage.clock,
    )
    keep = Keep(kills=30 * DAY, deliveries=2 * DAY, audit=90 * DAY)
    return Upkeep(bench, resolve_after=24 * HOUR, keep=keep)


async def test_a_quiet_incident_resolves_for_all_to_see(stage: Scene) -> None:
    recorded = await stage.kill("a")
    await stage.passes()
    await stage.clock.sleep(23 * 3600)
    await upkeep(stage).one_pass()
    incident = await stage.db.read(incidents.get, recorded.incident_ids[0])
    assert incident is not None
    assert incident.phase is Phase.OPEN
    await stage.clock.sleep(3601)
    await upkeep(stage).one_pass()
    incident = await stage.db.read(incidents.get, recorded.incident_ids[0])
    assert incident is not None
    assert (incident.phase, incident.resolution) == (Phase.RESOLVED, Resolution.QUIET)
    await stage.passes(after=60)
    [root] = stage.roots()
    assert "esolved" in root.text


async def test_a_silence_ends_by_itself_and_what_it_held_back_is_told(stage: Scene) -> None:
    until = stage.clock() + HOUR
    await stage.db.write(silences.add, Matcher(name=KEY.name), stage.clock(), until, "U0ALICE", "load test")
    await stage.kill("a")
    await upkeep(stage).one_pass()
    await stage.passes()
    assert stage.roots() == []
    await stage.clock.sleep(3600)
    await upkeep(stage).one_pass()
    await stage.passes()
    assert len(stage.roots()) == 1


def fill(conn: Connection, stage: Scene, rows: int) -> None:
    now = stage.clock()
    conn.execute(
        insert(deliveries),
        [
            {"digest": number.to_bytes(16, "big"), "published_at": now, "received_at": now}
            for number in range(rows)
        ],
    )


def count(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(deliveries)).scalar_one()


async def test_pruning_goes_on_until_nothing_is_left(stage: Scene) -> None:
    registry = CollectorRegistry()
    await stage.db.write(fill, stage, 2500)
    assert not await upkeep(stage, registry).one_pass()
    await stage.clock.sleep(2 * 86400 + 1)
    keeper = upkeep(stage, CollectorRegistry())
    left = []
    while await keeper.one_pass():
        left.append(await stage.db.read(count))
    assert left == [1500, 500, 0]


async def test_what_it_did_is_counted(stage: Scene) -> None:
    registry = CollectorRegistry()
    until = stage.clock() + HOUR
    await stage.db.write(silences.add, Matcher(), stage.clock(), until, "U0ALICE", "")
    await stage.kill("a")
    await stage.kill("b")
    await stage.clock.sleep(25 * 3600)
    await upkeep(stage, registry).one_pass()
    done = {
        what: registry.get_sample_value("oomguard_upkeep_total", {"what": what})
        for what in ("resolved", "silences_ended", "pruned")
    }
    assert done == {"resolved": 1, "silences_ended": 1, "pruned": None}


async def test_the_audit_trail_is_kept_for_its_own_time(stage: Scene) -> None:
    asked = Entry(at=stage.clock(), who="U0ALICE", deed=Deed.REQUESTED, words="more")
    await stage.db.write(audit_trail.add, [asked])
    for days, left in ((89, 1), (2, 0)):
        await stage.clock.sleep(days * 86400)
        await upkeep(stage).one_pass()
        entries = await stage.db.read(audit_trail.page, asked.at, stage.clock())
        assert len(entries) == left
