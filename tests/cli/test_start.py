"""A command loads what it works with and no more: a start is nearly all imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from watcher.settings import PREFIX

PROBE = """
import json, sys
from watcher.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    code = ended.code
print(json.dumps({"code": code, "modules": sorted(sys.modules)}), file=sys.stderr)
"""
SERVICE = {"aiohttp", "aiosmtplib", "apscheduler", "feedparser", "httpx", "jinja2", "lxml", "slack_sdk", "trafilatura"}
ALL = SERVICE | {"aiosqlite", "alembic", "asyncio", "rapidfuzz", "rich", "sqlalchemy", "structlog", "yaml"}
ROOMS = {f"watcher.{room}" for room in ("app", "delivery", "detection", "rulebook", "services", "settings", "storage")}


def _loaded(folder: Path, *arguments: str) -> tuple[int, set[str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=folder,
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    told = json.loads(done.stderr.splitlines()[-1])
    return told["code"], set(told["modules"])


def test_version_and_help_load_nothing_of_the_service(tmp_path: Path) -> None:
    for arguments in (("--version",), ("--help",), ("alerts", "show", "--help"), ("run", "--help")):
        code, modules = _loaded(tmp_path, *arguments)
        assert code == 0
        assert modules & (ALL | ROOMS) == set(), arguments


def test_status_loads_the_database_but_neither_rules_nor_the_service(tmp_path: Path) -> None:
    _loaded(tmp_path, "migrate")
    code, modules = _loaded(tmp_path, "status", "--alive")
    assert code == 1  # nothing runs here
    assert "sqlalchemy" in modules
    apart = SERVICE | {"alembic", "psycopg", "rapidfuzz", "watcher.app", "yaml"}
    assert modules & (apart | {"watcher.detection", "watcher.rulebook.load", "watcher.services.rules"}) == set()
