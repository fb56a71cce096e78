"""What stands in `deploy` and in the Dockerfile fits the app: addresses, ports, files, the version of Python."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from core.browser import version
from pages.shared.canvas import PROJECT
from pages.shared.engine import engine as served

ROOT = Path(__file__).parents[1]
NGINX = (ROOT / "deploy/nginx.conf").read_text("utf-8")
COMPOSE = (ROOT / "deploy/compose.yaml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
YEAR = "max-age=31536000"


def test_only_what_is_named_by_its_content_is_kept_for_a_year():
    (engine,) = re.findall(r'location ~ "(\S+)" \{', NGINX)
    assert re.search(engine, f"/{served()}descend.js"), "the engine's folder is named otherwise now"
    assert version() in str(served())
    for name in ("stage", "canvas", "field", "engine-new", f"engine-{version()}x"):
        assert not re.search(engine, f"/_stcore/bidi-components/{PROJECT}.{name}/{name}.js")
    kept = [block for block in re.split(r"\n\n", NGINX) if YEAR in block]
    assert len(kept) == 1
    assert engine in kept[0]


def test_both_processes_are_where_nginx_looks_for_them():
    ports = dict(
        re.findall(
            r"^  (\w+):\n(?:    .*\n)*?    environment: .*STREAMLIT_SERVER_PORT: \"(\d+)\"", COMPOSE, re.MULTILINE
        )
    )
    assert len(ports) == 2
    asked = re.findall(r"^ +server (\w+):(\d+)", NGINX, re.MULTILINE)
    assert len(asked) == 3 * len(ports)
    assert set(asked) == set(ports.items())
    for name, port in ports.items():
        assert f'~:{port}$ "lab={name};' in NGINX
        assert re.search(rf"^ +{name} +{name}_first;", NGINX, re.MULTILINE)
        (address,) = re.findall(rf'"{name}:([\d.]+)"', COMPOSE)
        assert f"ipv4_address: {address}}}" in COMPOSE.partition(f"  {name}:\n")[2].partition("\n\n")[0]
    (inside,) = re.findall(r'ports: \["\S+:(\d+)"\]', COMPOSE)
    assert f"listen {inside};" in NGINX


def test_the_image_is_made_of_what_there_is():
    copied = {name for names in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for name in names.split()}
    assert {"app.py", "core", "pages", ".streamlit"} <= copied
    ignore = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert ignore[0] == "*"
    assert {line[1:] for line in ignore if line.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)
    assert any(fnmatch(".streamlit/secrets.toml", line) for line in ignore[1:])
    (minor,) = re.findall(r"^FROM python:3\.(\d+)-slim$", DOCKERFILE, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (least,) = re.findall(r"^>=3\.(\d+)$", project["requires-python"])
    assert int(minor) >= int(least)
    lines = DOCKERFILE.splitlines()
    user = next(i for i, line in enumerate(lines) if line.startswith("USER "))
    assert not [line for line in lines[user:] if line.startswith(("RUN", "COPY", "USER root"))], (
        "nothing is written as the user"
    )
