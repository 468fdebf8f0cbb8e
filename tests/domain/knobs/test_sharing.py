"""Sharing: settings by which several processes, requests or files share one limit are found and corrected."""

import pytest

from bot.domain.aws.task_definition import Container
from tests.domain.knobs.boxes import container, is_short, one


@pytest.mark.parametrize(
    ("of", "limit_mib", "rule", "evidence", "paste"),
    [
        pytest.param(
            container(GUNICORN_CMD_ARGS="--bind :80 --workers=12 --max-requests 100"),
            512,
            "knob.workers.count",
            "GUNICORN_CMD_ARGS=--workers=12 against limit 512 MiB",
            "--bind :80 --workers=3 --max-requests 100",
            id="gunicorn",
        ),
        pytest.param(
            container("gunicorn -w 8 shop.wsgi", WEB_CONCURRENCY="2"),
            512,
            "knob.workers.count",
            "-w 8 in the command against limit 512 MiB",
            "-w 3",
            id="the command beats WEB_CONCURRENCY",
        ),
        pytest.param(
            container(WEB_CONCURRENCY="16"),
            1024,
            "knob.workers.count",
            "WEB_CONCURRENCY=16 against limit 1,024 MiB",
            "6",
            id="WEB_CONCURRENCY",
        ),
        pytest.param(
            container("celery -A shop worker --concurrency=16"),
            512,
            "knob.celery.workers",
            "--concurrency=16 in the command against limit 512 MiB",
            "--concurrency=3",
            id="celery",
        ),
        pytest.param(
            container("celery -A shop worker -c 4 --max-memory-per-child=400000"),
            1024,
            "knob.celery.child_memory",
            "-c 4 in the command, --max-memory-per-child=400000 in the command against limit 1,024 MiB",
            "--max-memory-per-child=209715",
            id="celery's children",
        ),
        pytest.param(
            container(PHP_MEMORY_LIMIT="2G"),
            1024,
            "knob.php.limit",
            "PHP_MEMORY_LIMIT=2G against limit 1,024 MiB",
            "256M",
            id="PHP above the limit",
        ),
        pytest.param(
            container("php -d memory_limit=-1 job.php"),
            1024,
            "knob.php.limit",
            "memory_limit=-1 in the command against limit 1,024 MiB",
            "memory_limit=256M",
            id="PHP without any limit",
        ),
        pytest.param(
            container("php-fpm -d pm.max_children=20", PHP_MEMORY_LIMIT="128M"),
            1024,
            "knob.php.children",
            "-d pm.max_children=20 in the command against limit 1,024 MiB",
            "-d pm.max_children=7",
            id="PHP's children together",
        ),
        pytest.param(
            container(MALLOC_ARENA_MAX="16"),
            1024,
            "knob.glibc.arenas",
            "MALLOC_ARENA_MAX=16 against limit 1,024 MiB",
            "2",
            id="many arenas",
        ),
        pytest.param(
            container(variables=["RAILS_MAX_THREADS"], image="ecr/shop:1"),
            1024,
            "knob.glibc.unset",
            "RAILS_MAX_THREADS is set, MALLOC_ARENA_MAX is not",
            "2",
            id="threaded Ruby",
        ),
        pytest.param(
            container(shared_memory_mib=512, tmpfs_mib=256),
            1024,
            "knob.shm.room",
            "sharedMemorySize 512 MiB, tmpfs 256 MiB against limit 1,024 MiB",
            "",
            id="files in memory",
        ),
        pytest.param(
            container("java -Xmx1500m -jar a.jar", tmpfs_mib=600),
            2048,
            "knob.shm.room",
            "tmpfs 600 MiB, -Xmx1500m in the command against limit 2,048 MiB",
            "",
            id="files beside the heap",
        ),
        pytest.param(
            container("redis-server --maxmemory 900mb --maxmemory-policy allkeys-lru"),
            1024,
            "knob.redis.maxmemory",
            "--maxmemory 900mb in the command against limit 1,024 MiB",
            "--maxmemory 768mb",
            id="Redis",
        ),
        pytest.param(
            container("redis-server --appendonly yes --maxmemory 700mb"),
            1024,
            "knob.redis.maxmemory",
            "--maxmemory 700mb in the command against limit 1,024 MiB",
            "--maxmemory 614mb",
            id="Redis that saves",
        ),
        pytest.param(
            container(image="public.ecr.aws/docker/library/redis:7"),
            512,
            "knob.redis.unbounded",
            "it runs Redis without --maxmemory against limit 512 MiB",
            "--maxmemory 384mb",
            id="Redis without any",
        ),
    ],
)
def test_a_setting_is_found_and_corrected(
    of: Container, limit_mib: int, rule: str, evidence: str, paste: str
) -> None:
    finding = one(of, limit_mib)
    assert (finding.rule, finding.evidence, finding.paste) == (rule, evidence, paste)
    assert is_short(finding)
