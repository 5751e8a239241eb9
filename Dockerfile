# syntax=docker/dockerfile:1
# Lamplighter in one image: dependencies first (cached while pyproject.toml stays), source last, nobody is root.

FROM python:3.11-slim-bookworm AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
# The CPU build of torch: an eighth of the size of the default one.
COPY constraints.txt ./
RUN pip install --index-url https://download.pytorch.org/whl/cpu -c constraints.txt torch
# The dependencies, from an empty package with the same metadata, so that a change of source does not install them anew.
COPY pyproject.toml README.md LICENSE config.yaml ./
RUN mkdir bot indexers knowledge && touch bot/__init__.py indexers/__init__.py knowledge/__init__.py \
    && pip install -c constraints.txt '.[postgres,documents]' && pip uninstall -y lamplighter
COPY bot bot
COPY indexers indexers
COPY knowledge knowledge
RUN pip install --no-deps -c constraints.txt .

FROM python:3.11-slim-bookworm
# git is Debian's own, of the release that the base image names: a pinned version would be gone with its next update.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 lamplighter \
    && mkdir -p /data /config && chown lamplighter /data /config
COPY --from=builder /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 LAMPLIGHTER_HOME=/data HF_HUB_OFFLINE=1
USER 10001
WORKDIR /config
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 CMD ["lamp", "doctor", "--health"]
ENTRYPOINT ["lamp"]
CMD ["serve"]
