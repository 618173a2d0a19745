"""The rules directory that the demo writes."""

from pathlib import Path

import pytest
import yaml

from watcher.demo.config import write_rules
from watcher.demo.load import load_wire

BASE = "http://127.0.0.1:49152"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    root = tmp_path / "pack"
    (root / "signals").mkdir(parents=True)
    (root / "lexicons").mkdir()
    (root / "signals" / "one.yaml").write_text("id: one\n", encoding="utf-8")
    (root / "lexicons" / "actors.yaml").write_text("lists: {}\n", encoding="utf-8")
    (root / "sources.yaml").write_text("sources: [the pack's own]\n", encoding="utf-8")
    return root


def test_it_holds_the_wires_sources_and_the_packs_signals(tmp_path: Path, pack: Path) -> None:
    target = tmp_path / "rules"
    write_rules(target, BASE, pack)
    written = yaml.safe_load((target / "sources.yaml").read_text(encoding="utf-8"))
    assert written["defaults"] == {"every": "1s"}
    assert [source["id"] for source in written["sources"]] == [outlet.id for outlet in load_wire().outlets]
    assert {source["kind"] for source in written["sources"]} == {"feed", "page", "api"}
    assert all(source["url"] == f"{BASE}/{source['id']}" for source in written["sources"])
    assert (target / "signals" / "one.yaml").read_bytes() == (pack / "signals" / "one.yaml").read_bytes()
    assert (target / "lexicons" / "actors.yaml").is_file()


def test_everything_goes_to_the_console(tmp_path: Path, pack: Path) -> None:
    write_rules(tmp_path / "rules", BASE, pack)
    routes = yaml.safe_load((tmp_path / "rules" / "routes.yaml").read_text(encoding="utf-8"))
    assert routes == {"channels": {"screen": {"kind": "console"}}, "routes": [{"to": ["screen"]}]}


def test_writing_twice_gives_the_same(tmp_path: Path, pack: Path) -> None:
    target = tmp_path / "rules"
    write_rules(target, BASE, pack)
    first = {path: path.read_bytes() for path in target.rglob("*.yaml")}
    write_rules(target, BASE, pack)
    assert {path: path.read_bytes() for path in target.rglob("*.yaml")} == first


def test_a_missing_pack_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="signals"):
        write_rules(tmp_path / "rules", BASE, tmp_path / "nowhere")
