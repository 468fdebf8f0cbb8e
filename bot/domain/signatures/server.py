"""Server signatures: PostgreSQL, MySQL, Redis and nginx."""

import re

from bot.domain.diagnosis.signature import CauseClass, Signature, line_of
from bot.domain.telling.language import mark

SIGNATURES = (
    Signature(
        rule="pg.backend_kill",
        runtime="PostgreSQL",
        pattern=line_of(r"\(PID\ (?P<pid>\d{1,10})\)\ was\ terminated\ by\ signal\ 9\b"),
        cause=CauseClass.WORKER_KILL,
        memory_helps=True,
        words=mark(
            "PostgreSQL's process {pid} was killed and all sessions were reset; the container lived on."
        ),
        fix=mark("Lower work_mem, max_connections or shared_buffers, or raise the memory limit."),
    ),
    Signature(
        rule="pg.fork",
        runtime="PostgreSQL",
        pattern=line_of(
            r"\bcould\ not\ fork\ (?:new\ process\ for\ connection|[\w\ ]{1,40}\ process):\ Cannot\ allocate\ memory"
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=True,
        words=mark("PostgreSQL had no memory for another connection."),
        fix=mark("Pool connections, lower max_connections, or raise the memory limit."),
    ),
    Signature(
        rule="pg.oom",
        runtime="PostgreSQL",
        pattern=line_of(
            r"\b(?:ERROR|FATAL|PANIC):\ {1,4}out\ of\ memory(?:\s|$)|\bFailed\ on\ request\ of\ size\ \d"
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("PostgreSQL was refused memory for a query."),
        fix=mark("Lower work_mem, then raise the memory limit."),
    ),
    Signature(
        rule="mysql.oom",
        runtime="MySQL/MariaDB",
        pattern=line_of(
            r"""\b(?:mysqld|mariadbd):\ Out\ of\ memory | \bOut\ of\ memory\ \(Needed\ \d{1,20}\ bytes\)
              | \bcannot\ allocate\ memory\ for\ the\ buffer\ pool
              | \bmmap\(\d{1,20}\ bytes\)\ failed;\ errno\ 12\b""",
            re.IGNORECASE,
        ),
        cause=CauseClass.CONFIG,
        memory_helps=False,
        words=mark("MySQL asks for more memory than there is."),
        fix=mark("Set innodb_buffer_pool_size to 50–70 % of the container's memory, then raise both."),
    ),
    Signature(
        rule="redis.maxmemory",
        runtime="Redis",
        pattern=line_of(r"\bcommand\ not\ allowed\ when\ used\ memory\ >\ \\?'maxmemory"),
        cause=CauseClass.APP_CAP,
        memory_helps=False,
        words=mark("Redis reached its own maxmemory and refuses to write."),
        fix=mark("Raise maxmemory up to 75 % of Redis's container, or set an eviction policy."),
    ),
    Signature(
        rule="redis.fork",
        runtime="Redis",
        pattern=line_of(
            r"\bCan't\ (?:save|rewrite\b[^\n]{0,30})\ in\ background:\ fork:\ Cannot\ allocate\ memory"
        ),
        cause=CauseClass.ALLOCATION,
        memory_helps=None,
        words=mark("Redis had no memory to save its data in the background."),
        fix=mark("Set vm.overcommit_memory=1 on the EC2 host, or give Redis twice its data."),
    ),
    Signature(
        rule="nginx.worker",
        runtime="nginx",
        pattern=line_of(r"\bworker\ process\ (?P<pid>\d{1,10})\ exited\ on\ signal\ 9\b"),
        cause=CauseClass.WORKER_KILL,
        memory_helps=True,
        words=mark("nginx's worker {pid} was killed while the container lived on."),
        fix=mark("Lower worker_processes, buffers or cache zones, or raise the memory limit."),
    ),
)
