"""Samples: for every signature a line that it knows, and one close to it that it must leave alone."""

SAMPLES = (
    (
        "ecs.oom_killed",
        "OutOfMemoryError: Container killed due to memory usage",
        "OutOfMemoryError: see the log",
    ),
    (
        "kernel.memcg",
        (
            "[8312.1] Memory cgroup out of memory: Killed process 4711 (node) total-vm:1203948kB, anon-rss:520192kB, "
            "file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:2048kB oom_score_adj:0"
        ),
        "memory cgroup usage: 97 %, killed 0 processes",
    ),
    (
        "kernel.memcg_constraint",
        (
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=abc,mems_allowed=0,oom_memcg=/ecs/t/c,"
            "task_memcg=/ecs/t/c,task=java,pid=88,uid=0"
        ),
        "oom-kill disabled: constraint=none",
    ),
    (
        "kernel.global",
        "[99.1] Out of memory: Killed process 812 (java) total-vm:8123456kB, anon-rss:7012345kB",
        "Memory cgroup out of memory: Kill process 812 (java) score 1000 or sacrifice child",
    ),
    ("containerd.oom", '"OOMKilled": true,', '"OOMKilled": false,'),
    (
        "shell.killed",
        "/entrypoint.sh: line 7:    31 Killed                  node worker.js",
        "Killed 3 idle connections",
    ),
    (
        "jvm.heap",
        'Exception in thread "http-nio-8080-exec-4" java.lang.OutOfMemoryError: Java heap space',
        "INFO registered com.acme.ops.OutOfMemoryErrorHandler for Java heap space alarms",
    ),
    (
        "jvm.gc_overhead",
        "Caused by: java.lang.OutOfMemoryError: GC overhead limit exceeded",
        "-XX:-UseGCOverheadLimit: GC overhead limit switched off",
    ),
    ("jvm.metaspace", "java.lang.OutOfMemoryError: Metaspace", "Metaspace used 71234K, committed 72000K"),
    (
        "jvm.array",
        "java.lang.OutOfMemoryError: Requested array size exceeds VM limit",
        "requested array size 12 is within the limit",
    ),
    (
        "jvm.direct",
        (
            "java.lang.OutOfMemoryError: Cannot reserve 65536 bytes of direct buffer memory "
            "(allocated: 67108000, limit: 67108864)"
        ),
        "direct buffer memory pool: 12 MB",
    ),
    (
        "jvm.threads",
        "java.lang.OutOfMemoryError: unable to create new native thread",
        "created native thread pool-1-thread-4",
    ),
    (
        "jvm.pthread_eagain",
        (
            '[12.3s][warning][os,thread] Failed to start thread "Unknown thread" - pthread_create failed (EAGAIN) for '
            "attributes: stacksize: 1024k, guardsize: 0k, detached."
        ),
        "pthread_create succeeded after EAGAIN",
    ),
    (
        "jvm.exit",
        "Terminating due to java.lang.OutOfMemoryError: GC overhead limit exceeded",
        "Terminating due to SIGTERM",
    ),
    (
        "jvm.crash",
        "Aborting due to java.lang.OutOfMemoryError: Java heap space",
        "Aborting due to java.net.BindException",
    ),
    (
        "jvm.native",
        "# There is insufficient memory for the Java Runtime Environment to continue.",
        "Native memory tracking: enabled",
    ),
    (
        "jvm.reserve",
        "Could not reserve enough space for 4194304KB object heap",
        "Could not reserve a table for 4 persons",
    ),
    (
        "node.heap",
        "FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory",
        "blog post: JavaScript heap out of memory explained",
    ),
    (
        "node.worker",
        "Error [ERR_WORKER_OUT_OF_MEMORY]: Worker terminated due to reaching memory limit: JS heap out of memory",
        "worker memory limit: 512 MB",
    ),
    ("node.arraybuffer", "RangeError: Array buffer allocation failed", "RangeError: Invalid time value"),
    ("py.memoryerror", "MemoryError", "    except MemoryError:"),
    (
        "py.numpy_size",
        "numpy.core._exceptions.MemoryError: Unable to allocate 3.52 GiB for an array with shape (21712, 21712)",
        "Unable to allocate a seat for the array",
    ),
    ("py.thread", "RuntimeError: can't start new thread", "RuntimeError: threads can only be started once"),
    (
        "gunicorn.sigkill",
        "[2026-11-21 07:58:55 +0000] [1] [ERROR] Worker (pid:9) was sent SIGKILL! Perhaps out of memory?",
        "[2026-11-21 07:58:55 +0000] [1] [INFO] Worker (pid:9) was sent SIGTERM!",
    ),
    (
        "gunicorn.timeout",
        "[2026-11-21 07:58:55 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:12)",
        "worker timeout is 30 s",
    ),
    (
        "celery.lost",
        "billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 12.",
        "billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 15 (SIGTERM) Job: 12.",
    ),
    (
        "py.brokenpool",
        (
            "concurrent.futures.process.BrokenProcessPool: A process in the process pool was terminated abruptly while "
            "the future was running or pending."
        ),
        "from concurrent.futures.process import BrokenProcessPool",
    ),
    (
        "py.dataloader_shm",
        "RuntimeError: DataLoader worker (pid 77) is killed by signal: Bus error.",
        "DataLoader worker (pid 77) is ready",
    ),
    ("go.oom", "fatal error: runtime: out of memory", "fatal error: all goroutines are asleep - deadlock!"),
    (
        "go.threads",
        "runtime: failed to create new OS thread (have 2042 already; errno=11)",
        "runtime: created new OS thread (have 7 already)",
    ),
    (
        "go.stack",
        "runtime: goroutine stack exceeds 1000000000-byte limit",
        "goroutine 12 [running]: stack of 4096 bytes",
    ),
    (
        "ruby.nomem",
        "app.rb:12:in `*': failed to allocate memory (NoMemoryError)",
        "rescue NoMemoryError => e",
    ),
    (
        "php.limit",
        "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /a.php",
        "Allowed memory size is 134217728 bytes",
    ),
    (
        "php.oom",
        "PHP Fatal error:  Out of memory (allocated 2097152 bytes) (tried to allocate 4096 bytes) in /a.php on line 2",
        "memory (allocated 2097152 bytes) was released",
    ),
    (
        "php.fpm_kill",
        "[21-Nov-2026 07:58:55] WARNING: [pool www] child 15 exited on signal 9 (SIGKILL) after 586.031004 seconds",
        "[21-Nov-2026 07:58:55] NOTICE: [pool www] child 15 exited with code 0 after 586.031004 seconds",
    ),
    (
        "dotnet.oom",
        "Unhandled exception. System.OutOfMemoryException: Exception of type 'System.OutOfMemoryException' was thrown.",
        "catch (System.OutOfMemoryException e) { throw; }",
    ),
    (
        "beam.alloc",
        'eheap_alloc: Cannot allocate 529782288 bytes of memory (of type "heap").',
        "eheap_alloc: 12 carriers",
    ),
    ("beam.maxheap", "     Context:            maximum heap size reached", "maximum heap size: 100 MB"),
    ("r.vector", "Error: cannot allocate vector of size 7.5 Gb", "vector of size 7.5 Gb allocated"),
    (
        "rust.alloc",
        "memory allocation of 1048576 bytes failed",
        "memory allocation of 1048576 bytes succeeded",
    ),
    (
        "cpp.bad_alloc",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "    } catch (std::bad_alloc& e) {",
    ),
    (
        "posix.enomem",
        "OSError: [Errno 12] Cannot allocate memory",
        "OSError: [Errno 2] No such file or directory",
    ),
    (
        "posix.eagain",
        "run.sh: fork: retry: Resource temporarily unavailable",
        "recv: Resource temporarily unavailable",
    ),
    (
        "posix.shm",
        'ERROR:  could not resize shared memory segment "/PostgreSQL.12" to 8388608 bytes: No space left on device',
        "write /var/data/x: No space left on device",
    ),
    (
        "pg.backend_kill",
        "LOG:  server process (PID 560567) was terminated by signal 9: Killed",
        "LOG:  server process (PID 560567) was terminated by signal 11: Segmentation fault",
    ),
    (
        "pg.fork",
        "LOG:  could not fork new process for connection: Cannot allocate memory",
        "LOG:  connection received: host=10.0.0.1 port=4711",
    ),
    ("pg.oom", "2026-11-21 07:58:55 UTC [77] ERROR:  out of memory", "ERROR:  out of memory_limit range"),
    (
        "mysql.oom",
        "mysqld: Out of memory (Needed 128917504 bytes)",
        "InnoDB: Initializing buffer pool, total size = 128M",
    ),
    (
        "redis.maxmemory",
        "(error) OOM command not allowed when used memory > 'maxmemory'.",
        "maxmemory-policy is noeviction",
    ),
    (
        "redis.fork",
        "1:M 21 Nov 2026 07:58:55.000 # Can't save in background: fork: Cannot allocate memory",
        "1:M 21 Nov 2026 07:58:55.000 * Background saving started by pid 20",
    ),
    (
        "es.breaker",
        (
            "org.elasticsearch.common.breaker.CircuitBreakingException: [parent] Data too large, data for "
            "[<http_request>] would be [1500000000/1.3gb], which is larger than the limit of [1453142835/1.3gb]"
        ),
        "circuit breaker payments is closed again",
    ),
    (
        "nginx.worker",
        "2026/11/21 07:58:55 [alert] 1#1: worker process 29 exited on signal 9",
        "2026/11/21 07:58:55 [notice] 1#1: worker process 29 exited with code 0",
    ),
    (
        "puma.oom",
        "PumaWorkerKiller: Out of memory. 5 workers consuming total: 1100.5 mb out of max: 1024.0 mb. Sending TERM",
        "PumaWorkerKiller: Consuming 812.0 mb with master and 2 workers.",
    ),
    (
        "spark.container",
        "Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used.",
        "Container launched by YARN with 5.5 GB physical memory.",
    ),
    ("datadog.prior_art_generic", "Error: signal: killed", "Error: signal: terminated"),
)
