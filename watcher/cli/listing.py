"""Groups of commands that list when no command follows: `list` may be written, and means the same."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Listing(TyperGroup):
    """`watcher sources list --json` is `watcher sources --json`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # typer's own class of contexts is private
        """Leave a leading `list` out."""
        rest: list[str] = super().parse_args(ctx, args[1:] if args[:1] == ["list"] else args)
        return rest

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Say so where somebody looks for it."""
        formatter.write_paragraph()
        formatter.write_text(f"`{ctx.command_path} list` is the same as `{ctx.command_path}`.")
