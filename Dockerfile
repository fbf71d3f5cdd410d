# The web page, as `python -m app` serves it.
#
#   docker build -t mer .
#   docker run --rm -p 7860:7860 mer
#
# With FluidSynth, another synthesiser:  docker build --build-arg FLUIDSYNTH=1 -t mer .
# Sound needs no system package without it.
FROM python:3.12-slim

ARG FLUIDSYNTH=0
RUN if [ "$FLUIDSYNTH" = 1 ]; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends libfluidsynth3 \
        && rm -rf /var/lib/apt/lists/*; \
    fi

# Hugging Face Spaces run as user 1000; nobody needs to be root here.
RUN useradd --create-home --uid 1000 mer
WORKDIR /src

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    GRADIO_ANALYTICS_ENABLED=False

# What changes most stands last, so that a new version of the page need not install all again.
COPY pyproject.toml setup.py constraints.txt README.md LICENSE ./
COPY soundfonts ./soundfonts
COPY data ./data
COPY mer ./mer
COPY generate ./generate
COPY app ./app
RUN pip install ".[app]" --constraint constraints.txt

USER mer
WORKDIR /home/mer
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"]
# In the form that passes SIGTERM on, so that `docker stop` is a clean end.
CMD ["python", "-m", "app", "--host", "0.0.0.0", "--port", "7860"]
