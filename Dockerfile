FROM python:3.13.9-slim-trixie

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    MANYWAYS_HOME=/var/lib/manyways \
    MANYWAYS_HOST=0.0.0.0

RUN useradd --system --uid 1000 --home-dir /var/lib/manyways --create-home manyways
WORKDIR /opt/manyways

COPY requirements/run.txt requirements/run.txt
RUN pip install --quiet --no-cache-dir --require-hashes --requirement requirements/run.txt

COPY . .
RUN pip install --quiet --no-cache-dir --no-deps --no-build-isolation --editable . \
    && python -m compileall -q accessibility scheduling service

USER manyways
VOLUME /var/lib/manyways
EXPOSE 8080
CMD ["manyways", "serve"]
