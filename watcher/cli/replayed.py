"""How a backtest looks: every telling with what was told then beside it, what was told then and is not now, counts."""

from __future__ import annotations

from typing import Any

from watcher.cli.output import Output

_COLUMNS = ("signal", "opened", "again", "not told then", "told then", "told then, not now")


def show(output: Output, report: dict[str, Any]) -> None:
    """Print the report of watcher.services.backtest for people."""
    for telling in report["tellings"]:
        _telling(output, telling)
    if hidden := report["alerts"] - len(report["tellings"]):
        output.line(f"(and {hidden} earlier ones: --limit shows more)", style="dim")
    if report["lost"]:
        output.line("Told then, not now", style="bold")
        for lost in report["lost"]:
            output.line(f"{_head(lost)}  {lost['title']}", style="red")
            output.line(f"    then: {lost['speak']}  {lost['alert']}  {lost['document']}", style="dim")
    if hidden := report["told_then_not_now"] - len(report["lost"]):
        output.line(f"(and {hidden} earlier ones: --limit shows more)", style="dim")
    if report["signals"]:
        output.line()
        keys = ("opened", "again", "not_told_then", "told_then", "told_then_not_now")
        rows = [
            {"signal": signal_id} | dict(zip(_COLUMNS[1:], (str(counts[key]) for key in keys), strict=True))
            for signal_id, counts in report["signals"].items()
        ]
        output.table(rows, _COLUMNS, empty="")
    output.line()
    output.line(
        f"{report['documents']} documents since {report['since']}: {report['opened']} alerts would open, "
        f"{report['again']} speak again; {report['alerts_not_told_then']} of these were not told then, "
        f"{report['told_then_not_now']} of {report['told_then']} told then would not be told now",
        style="bold",
    )
    for reason, count in report["suppressed"].items():
        output.line(f"  suppressed  {count} {reason}")
    output.line(f"  near misses {report['near_misses']}")


def _telling(output: Output, telling: dict[str, Any]) -> None:
    mark = "" if telling["status"] == "live" else f" ({telling['status']})"
    output.line(f"{_head(telling)}{mark}  {telling['title']}", style="bold")
    output.line(f"    {telling['speak']}: {'; '.join(telling['reasons'])}")
    output.line(f"    {'; '.join(telling['why'])}", style="dim")
    new = telling["then"]["alert"] is None
    output.line(f"    then: {_then(telling)}", style="yellow" if new else "green")


def _head(row: dict[str, Any]) -> str:
    return f"{row['at'][5:16].replace('T', ' ')}  {row['signal']}  {row['score']} {row['severity']} {row['assertion']}"


def _then(telling: dict[str, Any]) -> str:
    then = telling["then"]
    if then["decision"] in ("open", "again"):
        return f"told, score {then['score']} ({then['alert']})"
    own = "no match"
    if then["decision"] != "none":
        own = f"{then['decision']} ({then['suppressed_by']}), score {then['score']}"
    return f"{own}; its story was told by {then['told_by']} ({then['alert']})" if then["alert"] else own
