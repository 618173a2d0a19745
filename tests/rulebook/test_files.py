"""Which files are read, and what happens with those that cannot be."""

from __future__ import annotations

import os
from pathlib import Path

from tests.rulebook.building import lines, load_rules, write
from watcher.rulebook.files import list_files, read_directory
from watcher.rulebook.watchdir import fingerprint, snapshot


def test_a_missing_directory_is_a_finding(tmp_path: Path) -> None:
    loaded = load_rules(tmp_path / "none")
    assert loaded.rulebook is None
    assert [finding.code for finding in loaded.findings] == ["Y124"]


def test_missing_sources_say_what_to_write(tmp_path: Path) -> None:
    root = write(tmp_path, without=("sources.yaml",))
    loaded = load_rules(root)
    assert loaded.rulebook is None
    assert lines(loaded, root) == [
        "sources.yaml:1: F510 missing: write which sources to read, such as "
        '`sources: [{id: example-world, kind: feed, url: "https://example.org/rss.xml"}]`'
    ]


def test_missing_routes_show_everything_on_the_console(tmp_path: Path) -> None:
    root = write(tmp_path, without=("routes.yaml",))
    loaded = load_rules(root)
    assert loaded.rulebook
    assert [finding.code for finding in loaded.rulebook.warnings] == ["R418"]
    assert loaded.rulebook.routing.routes[0].to == ("screen",)
    assert loaded.rulebook.routing.channels["screen"].kind == "console"


def test_a_link_out_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("secret: yes\n")
    root = write(tmp_path / "rules")
    (root / "signals" / "dam.yaml").unlink()
    (root / "signals" / "dam.yaml").symlink_to(tmp_path / "secret.yaml")
    loaded = load_rules(root)
    assert [line[: line.index(" a")] for line in lines(loaded, root)] == ["signals/dam.yaml:1: Y121"]
    assert "secret" not in str(loaded.findings)


def test_a_link_inside_the_directory_is_followed(tmp_path: Path) -> None:
    """Mounted configuration maps are links into a hidden folder."""
    root = write(tmp_path)
    (root / "..data").mkdir()
    (root / "routes.yaml").rename(root / "..data" / "routes.yaml")
    (root / "routes.yaml").symlink_to("..data/routes.yaml")
    assert load_rules(root).findings == ()


def test_a_linked_root_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "rules")
    (tmp_path / "link").symlink_to("rules")
    assert load_rules(tmp_path / "link").findings == ()


def test_a_linked_folder_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    root = write(tmp_path / "rules")
    (tmp_path / "more").mkdir()
    (root / "signals" / "more").symlink_to(tmp_path / "more")
    assert lines(load_rules(root), root) == ["signals/more:1: Y121 a linked folder is not read: put the files here"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "signals" / "one.yaml").symlink_to("two.yaml")
    (root / "signals" / "two.yaml").symlink_to("one.yaml")
    (root / "signals" / "here").symlink_to(".")
    assert {finding.code for finding in load_rules(root).findings} <= {"Y120", "Y121"}


def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    root = write(tmp_path)
    os.mkfifo(root / "signals" / "pipe.yaml")
    assert lines(load_rules(root), root) == ["signals/pipe.yaml:1: Y120 cannot be read: not a regular file"]


def test_a_folder_named_like_a_file_is_harmless(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "signals" / "folder.yaml").mkdir()
    assert load_rules(root).findings == ()


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    root = write(tmp_path, without=("signals/dam.yaml",))
    (root / "signals").write_text("")
    assert lines(load_rules(root), root) == [
        "signals:1: Y120 cannot be listed: this should be a folder that may be read",
    ]


def test_a_dangling_link_is_a_finding(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "signals" / "gone.yaml").symlink_to("nowhere.yaml")
    assert [finding.code for finding in load_rules(root).findings] == ["Y120"]


def test_the_other_ending_is_told(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "signals" / "flood.yml").write_text("schema: signal/v1\n")
    assert lines(load_rules(root), root) == [
        "signals/flood.yml:1: Y123 not read, because it ends in .yml: name it .yaml"
    ]


def test_hidden_and_other_files_are_passed_over(tmp_path: Path) -> None:
    root = write(tmp_path)
    for name in ("signals/.dam.yaml.swp", "signals/.#dam.yaml", "signals/README.md", "notes.yaml", "signals/dam.yaml~"):
        (root / name).write_text("{")
    assert load_rules(root).findings == ()


def test_a_large_file_is_cut_off_while_reading(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "signals" / "dam.yaml").write_bytes(b"#" * 3_000_000)
    assert len(next(read_directory(root).under("signals")).raw) == 1_000_001
    assert [finding.code for finding in load_rules(root).findings] == ["Y108"]


def test_sources_may_be_larger_than_other_files(tmp_path: Path) -> None:
    root = write(tmp_path, sources="sources: []\n#" + "x" * 2_000_000)
    assert [finding.code for finding in load_rules(root).findings] == ["F511"]


def test_the_number_of_files_is_bounded(tmp_path: Path) -> None:
    root = write(tmp_path)
    total = len(list_files(root))
    assert [finding.code for finding in read_directory(root, total - 1).findings] == ["Y122"]
    assert len(read_directory(root, total - 1).files) == total - 1
    assert read_directory(root, total).findings == ()


def test_not_utf8_is_a_finding_of_its_file(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "routes.yaml").write_bytes(b"channels:\n  \xe9\n")
    assert lines(load_rules(root), root) == ["routes.yaml:2: Y101 not UTF-8 text: save the file as UTF-8"]


def test_fingerprint_is_of_names_and_bytes(tmp_path: Path) -> None:
    root = write(tmp_path)
    before = fingerprint(root)
    loaded = load_rules(root)
    assert loaded.rulebook
    assert loaded.rulebook.fingerprint == before
    os.utime(root / "routes.yaml", (1, 1))
    (root / "signals" / "README.md").write_text("not a rule")
    assert fingerprint(root) == before
    (root / "signals" / "dam.yaml").rename(root / "signals" / "dams.yaml")
    renamed = fingerprint(root)
    assert renamed != before
    with (root / "routes.yaml").open("a") as file:
        file.write("#")
    assert fingerprint(root) not in (before, renamed)


def test_snapshot_changes_with_size_time_and_names(tmp_path: Path) -> None:
    root = write(tmp_path)
    seen = {snapshot(root)}
    assert snapshot(root) in seen
    os.utime(root / "routes.yaml", ns=(1, 1))
    seen.add(snapshot(root))
    with (root / "routes.yaml").open("a") as file:
        file.write("#")
    os.utime(root / "routes.yaml", ns=(1, 1))
    seen.add(snapshot(root))
    (root / "signals" / "dam.yaml").unlink()
    seen.add(snapshot(root))
    assert len(seen) == 4
    assert snapshot(tmp_path / "none") == snapshot(tmp_path / "none too")
