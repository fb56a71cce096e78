# The app in a container. It writes to /tmp and nowhere else:
#
#     docker build -t descent-lab .
#     docker run --read-only --tmpfs /tmp -p 8501:8501 descent-lab

FROM python:3.12-slim

# Without its welcome Streamlit asks nobody which address the machine has.
ENV PYTHONUNBUFFERED=1 \
    STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE=true \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true

RUN useradd --uid 1001 --no-create-home --home-dir /nonexistent lab
WORKDIR /lab

# First what changes least: a change of the app's own code installs nothing anew.
COPY pyproject.toml ./
RUN python -c "import tomllib; print(*(p := tomllib.load(open('pyproject.toml', 'rb'))['project'])['dependencies'], *p['optional-dependencies']['fast'], sep='\n')" \
      > /tmp/needed.txt \
    && pip install --no-cache-dir --root-user-action=ignore -r /tmp/needed.txt \
    && rm /tmp/needed.txt

COPY app.py ./
COPY .streamlit .streamlit
COPY core core
COPY pages pages

# Kernels, so that no visitor waits for a compiler. They fit the kind of processor that builds the image; on another one the
# app compiles its own when it starts.
RUN python -m compileall -q app.py core pages && NUMBA_CACHE_DIR=/lab/kernels python -m core.engine

# Numba uses no kernels from a folder that it cannot write to: they are taken where it can.
ENV NUMBA_CACHE_DIR=/tmp/kernels
USER 1001
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['STREAMLIT_SERVER_PORT'] + '/_stcore/health')"]
CMD ["sh", "-c", "[ -e $NUMBA_CACHE_DIR ] || cp -r kernels $NUMBA_CACHE_DIR; exec streamlit run app.py"]
