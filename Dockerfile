# syntax=docker/dockerfile:1
# Stage 1 installs the pinned packages and the program into a virtual environment; stage 2 has nothing else.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/watcher
COPY requirements.lock ./
RUN /opt/watcher/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY watcher ./watcher
COPY rules ./rules
RUN /opt/watcher/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/watcher --create-home watcher
COPY --from=build /opt/watcher /opt/watcher
COPY --chown=watcher:watcher rules /etc/watcher/rules
ENV PATH=/opt/watcher/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WATCHER_RULES=/etc/watcher/rules \
    WATCHER_DATA_DIR=/var/lib/watcher \
    WATCHER_LOG_FORMAT=json
USER watcher
WORKDIR /var/lib/watcher
VOLUME /var/lib/watcher
STOPSIGNAL SIGTERM
# Healthy: the service said within the last minute that it lives. It asks the database, so it needs no open port.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["watcher", "status", "--alive"]
CMD ["watcher", "run"]
