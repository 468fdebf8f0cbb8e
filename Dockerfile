# OOM Guard in a container: docker build -t oom-guard . && docker run --env-file .env -p 8080:8080 oom-guard
# The default store is SQLite in the volume /data; set DATABASE_URL, or DATABASE_URL_FILE, for PostgreSQL. A configuration
# file is read where it is mounted as /app/oomguard.toml, or where OOM_CONFIG says; changes are followed while it runs.
FROM python:3.12-slim-bookworm AS build
COPY requirements.txt requirements-otel.txt /build/
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
    -r /build/requirements.txt -r /build/requirements-otel.txt

FROM python:3.12-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    PORT=8080
WORKDIR /app
COPY --from=build /venv /venv
COPY LICENSE app.py deploy/healthcheck.py ./
COPY bot ./bot
COPY handlers ./handlers
# A number, not a name, so that Kubernetes and ECS can see that it is not root. Volumes take over who owns the folder.
# var is where the default store is: a link, and no DATABASE_URL of the image, which would win over a file's.
RUN python -m compileall -q . && install -d -o 10001 -g 10001 -m 0700 /data && ln -s /data var
USER 10001:10001
VOLUME ["/data", "/tmp"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["sh", "-c", "python healthcheck.py http://127.0.0.1:$PORT/healthz"]
ENTRYPOINT ["python", "app.py"]
CMD ["serve", "--migrate"]
