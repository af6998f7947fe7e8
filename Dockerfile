# The container of ppbe-observe. Build it with `make image`, or
#   docker build --build-arg PYTHON_IMAGE=python@sha256:... --tag ppbe-observe .
# Pin the base by digest for a release: a tag moves. Any Debian or Ubuntu with Python 3.11+, venv and CA
# certificates can be the base.
#
# A pip configuration (a private index, certificates) is handed in as a secret, and stays out of the image:
#   --secret id=pip_conf,src=/etc/pip.conf
#
# Run it with a read-only root file system; it writes to its volume alone:
#   docker run --read-only --volume observe:/var/lib/ppbe-observe \
#     --volume ./ppbe-observe.yaml:/etc/ppbe-observe/ppbe-observe.yaml:ro \
#     --env PPBE_OBSERVE__WEB__LISTEN=0.0.0.0:9106 --publish 127.0.0.1:9106:9106 ppbe-observe
# Without PPBE_OBSERVE__WEB__LISTEN it listens on the container's own loopback: nobody outside reaches it.
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
# run, or demo for an image that can simulate the estate as well
ARG REQUIREMENTS=run
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

COPY requirements/build.txt requirements/${REQUIREMENTS}.txt requirements/
RUN --mount=type=secret,id=pip_conf,target=/etc/pip.conf \
    python3 -m venv /opt/tools \
    && /opt/tools/bin/pip install --no-deps --require-hashes --requirement requirements/build.txt \
    && python3 -m venv --without-pip /opt/ppbe-observe \
    && /opt/tools/bin/pip --python /opt/ppbe-observe install --no-deps --require-hashes --no-compile \
        --requirement "requirements/${REQUIREMENTS}.txt"

COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY exporters exporters
COPY alerts alerts
COPY dashboards dashboards
COPY docs/runbooks docs/runbooks
# Bytecode is made here once, since nothing may be written at run time, and holds whatever the files' dates are.
RUN /opt/tools/bin/python -m hatchling build --target wheel --directory /wheels \
    && /opt/tools/bin/pip --python /opt/ppbe-observe install --no-deps --no-index --no-compile /wheels/*.whl \
    && /opt/ppbe-observe/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/ppbe-observe/lib

FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z

# tini: PID 1 that forwards signals and reaps children. The standard library is compiled too, as slim images are not.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
    && python3 -c 'import compileall, re, sysconfig; compileall.compile_dir( \
        sysconfig.get_path("stdlib"), quiet=2, rx=re.compile(r"/(test|tests|idlelib|site-packages|dist-packages)/"))' \
    && groupadd --gid 1001 observe \
    && useradd --uid 1001 --gid 1001 --no-create-home --home-dir /var/lib/ppbe-observe --shell /usr/sbin/nologin observe \
    && install --directory --owner=1001 --group=1001 --mode=0750 /var/lib/ppbe-observe

COPY --from=build /opt/ppbe-observe /opt/ppbe-observe
COPY docker/healthcheck.py /opt/ppbe-observe/healthcheck.py

LABEL org.opencontainers.image.title="ppbe-observe" \
      org.opencontainers.image.description="CloudWatch metrics, FedRAMP control checks, alerts, dashboards and signed evidence for Prometheus." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      security.classification="UNCLASSIFIED" \
      compliance.fedramp="true"

ENV PATH=/opt/ppbe-observe/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PPBE_OBSERVE_CONFIG=/etc/ppbe-observe/ppbe-observe.yaml \
    HOME=/var/lib/ppbe-observe
WORKDIR /var/lib/ppbe-observe
VOLUME /var/lib/ppbe-observe
USER 1001:1001
EXPOSE 9106
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \
    CMD ["python3", "-I", "/opt/ppbe-observe/healthcheck.py"]
ENTRYPOINT ["/usr/bin/tini", "--", "ppbe-observe"]
CMD ["run"]
