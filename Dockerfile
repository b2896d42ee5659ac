# All images of the platform but the object store's (infra/minio). One target each:
#   docker build -t tablee/api:0.1.0 --target api .
# Nothing here needs BuildKit.
ARG PYTHON=python:3.11-slim-bookworm
ARG JRE=eclipse-temurin:17-jre

# ---- What is built and left behind ----

FROM ${PYTHON} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN apt-get update \
 && apt-get install -y --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/* \
 && python -m venv --without-pip /opt/tablee
COPY infra/python/install-packages infra/python/install-wheels infra/python/trim-packages /usr/local/bin/
WORKDIR /build

FROM packages AS wheels
COPY requirements/bootstrap.txt requirements/
RUN pip install --quiet --require-hashes -r requirements/bootstrap.txt
COPY packages packages
COPY services services
COPY jobs jobs
RUN pip wheel --quiet --no-deps --no-index --no-build-isolation --wheel-dir /wheels \
        packages/core packages/scoring packages/data packages/client services/api services/controller services/ui jobs/train jobs/score

FROM packages AS api-packages
COPY requirements/api.txt requirements/
RUN install-packages requirements/api.txt
COPY --from=wheels /wheels/tablee_core-*.whl /wheels/tablee_scoring-*.whl /wheels/tablee_api-*.whl /wheels/
RUN install-wheels

FROM packages AS controller-packages
COPY requirements/controller.txt requirements/
RUN install-packages requirements/controller.txt
COPY --from=wheels /wheels/tablee_core-*.whl /wheels/tablee_data-*.whl /wheels/tablee_controller-*.whl /wheels/
RUN install-wheels

FROM packages AS ui-packages
COPY requirements/ui.txt requirements/
RUN install-packages requirements/ui.txt
COPY --from=wheels /wheels/tablee_core-*.whl /wheels/tablee_client-*.whl /wheels/tablee_ui-*.whl /wheels/
RUN install-wheels

FROM packages AS train-packages
COPY requirements/train.txt requirements/
RUN install-packages requirements/train.txt
COPY --from=wheels /wheels/tablee_core-*.whl /wheels/tablee_scoring-*.whl /wheels/tablee_data-*.whl /wheels/tablee_api-*.whl /wheels/tablee_train-*.whl /wheels/
RUN install-wheels

FROM packages AS score-packages
COPY requirements/score.txt requirements/
RUN install-packages requirements/score.txt
COPY --from=wheels /wheels/tablee_core-*.whl /wheels/tablee_scoring-*.whl /wheels/tablee_data-*.whl /wheels/tablee_score-*.whl /wheels/
RUN install-wheels

FROM packages AS mlflow-packages
COPY requirements/mlflow.txt requirements/
RUN install-packages requirements/mlflow.txt

FROM ${PYTHON} AS h2o-jar
COPY requirements/h2o.txt /build/
RUN pip install --quiet --no-cache-dir --root-user-action ignore --no-compile --no-deps --require-hashes \
        --target /build/h2o -r /build/h2o.txt \
 && install -D -m 644 /build/h2o/h2o/backend/bin/h2o.jar /opt/h2o/h2o.jar

# ---- What every Python image stands on: no installers, one user without rights, nothing to write but /tmp ----

FROM ${PYTHON} AS python
RUN python -m pip uninstall --quiet --yes --root-user-action ignore wheel setuptools pip \
 && rm -rf /usr/local/lib/python3.11/ensurepip \
 && groupadd --gid 10001 tablee \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin tablee
ENV PATH=/opt/tablee/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /tmp

# ---- The images ----

FROM python AS controller
COPY --from=controller-packages /opt/tablee /opt/tablee
ENV TABLEE_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["python", "-m", "tablee_controller"]
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="Tablée controller" \
      org.opencontainers.image.description="The control plane: data sets, trainings, promotions, roll-outs" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM python AS train
COPY --from=train-packages /opt/tablee /opt/tablee
USER 10001:10001
ENTRYPOINT ["python", "-m", "tablee_train"]
ARG VERSION=0.1.0
ARG REVISION=
ENV TABLEE_REVISION=${REVISION}
LABEL org.opencontainers.image.title="Tablée training" \
      org.opencontainers.image.description="One AutoML run: prepare, train, track, register, gate" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM python AS score
COPY --from=score-packages /opt/tablee /opt/tablee
USER 10001:10001
ENTRYPOINT ["python", "-m", "tablee_score"]
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="Tablée scoring" \
      org.opencontainers.image.description="One worker of a scoring: its share of many files" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM python AS mlflow
COPY --from=mlflow-packages /opt/tablee /opt/tablee
# Jobs are for features of MLflow that the platform does not use; each of their runners is a process of 280 MB.
ENV MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false
USER 10001:10001
EXPOSE 5000
ENTRYPOINT ["mlflow"]
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="Tablée MLflow" \
      org.opencontainers.image.description="MLflow's server with PostgreSQL, S3 and metrics" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM ${JRE} AS h2o
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/*.log /var/log/apt \
 && groupadd --gid 10001 tablee \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin tablee
COPY --from=h2o-jar /opt/h2o/h2o.jar /opt/h2o/h2o.jar
COPY infra/h2o/probe /usr/local/bin/h2o-probe
ENV HOME=/tmp
WORKDIR /tmp
USER 10001:10001
EXPOSE 54321 54322
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/h2o/h2o.jar"]
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="Tablée H2O" \
      org.opencontainers.image.description="One node of an H2O cluster, with a probe that knows when the cluster is whole" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM python AS ui
COPY --from=ui-packages /opt/tablee /opt/tablee
ENV TABLEE_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8501
ENTRYPOINT ["python", "-m", "tablee_ui"]
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="Tablée UI" \
      org.opencontainers.image.description="The page people use, in French and English" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# With `skaffold dev`: files that are synced into /tmp/src count, and the process begins again when they change.
FROM ui AS ui-dev
COPY infra/dev/reload.py /opt/tablee/reload.py
ENV PYTHONPATH=/tmp/src
ENTRYPOINT ["python", "/opt/tablee/reload.py", "tablee_ui"]

FROM python AS api
COPY --from=api-packages /opt/tablee /opt/tablee
ENV TABLEE_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "tablee_api"]
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="Tablée API" \
      org.opencontainers.image.description="The inference plane: predicts and explains with the models it is pinned to" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM api AS api-dev
COPY infra/dev/reload.py /opt/tablee/reload.py
ENV PYTHONPATH=/tmp/src
ENTRYPOINT ["python", "/opt/tablee/reload.py", "tablee_api"]
