"""The JSON Schemas fit what is read."""

from __future__ import annotations

import json
from typing import Any

from tests.rulebook.kinds import SOURCE_KINDS
from watcher.rulebook.schema_export import schemas


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()


def test_there_is_one_for_each_file_and_it_is_json() -> None:
    found = schemas()
    assert list(found) == ["signal", "composite", "lexicon", "sources", "routes"]
    assert json.loads(json.dumps(found)) == found


def test_every_reference_leads_somewhere() -> None:
    for schema in schemas().values():
        assert references(schema) <= {f"#/$defs/{name}" for name in schema.get("$defs", {})}


def test_keys_are_those_that_editors_write() -> None:
    found = schemas()
    assert {"schema", "id", "groups", "max_age", "story_window"} <= set(found["signal"]["properties"])
    assert "continue" in found["routes"]["$defs"]["RouteEntry"]["properties"]
    assert {"from", "to"} <= set(found["routes"]["$defs"]["QuietEntry"]["properties"])
    assert "class" in found["lexicon"]["$defs"]["CueEntry"]["properties"]


def test_unknown_keys_are_refused_but_for_options_of_kinds() -> None:
    found = schemas()
    assert found["signal"]["additionalProperties"] is False
    assert found["sources"]["properties"]["sources"]["items"]["additionalProperties"] is True
    assert found["routes"]["properties"]["channels"]["additionalProperties"]["additionalProperties"] is True


def test_options_are_described_beside_their_kind() -> None:
    found = schemas(SOURCE_KINDS)["sources"]
    kinds = {
        one["if"]["properties"]["kind"]["const"]: one["then"]
        for one in found["properties"]["sources"]["items"]["allOf"]
    }
    assert set(kinds) == set(SOURCE_KINDS)
    assert kinds["feed"]["properties"]["limit"]["minimum"] == 1
    assert references(found) <= {f"#/$defs/{name}" for name in found["$defs"]}


def test_both_forms_of_groups_and_single_values_are_shown() -> None:
    found = schemas()
    forms = found["signal"]["properties"]["groups"]["additionalProperties"]["anyOf"]
    assert {"type": "array", "items": {"type": "string"}} in forms
    to = found["routes"]["$defs"]["RouteEntry"]["properties"]["to"]["anyOf"]
    assert {one["type"] for one in to} == {"string", "array"}
