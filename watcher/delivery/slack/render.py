"""Message → Block Kit. Pure; every limit of Slack's holds by construction."""

from __future__ import annotations

from watcher.delivery import wording
from watcher.delivery.slack import roundup
from watcher.delivery.slack.blocks import (
    EMOJI,
    Block,
    context,
    escaped,
    header,
    linked,
    moment,
    named,
    quoted,
    section,
    spoken,
    units,
    within,
)
from watcher.delivery.slack.buttons import actions
from watcher.model.delivery import Message
from watcher.model.match import LedgerEntry

# What each part may take: a headline, its link (1,000) and the quotation stand in one section of at most 3,000, and
# all blocks together have, with the header's 150, less than 8,000 of 10,000 characters.
_TITLE, _QUOTE, _FACTS, _SCORE, _OTHERS, _SMALL, _STATE = 600, 1_200, 400, 500, 1_800, 900, 600
_OTHER_TITLE = 200
_MOST_OTHERS = 3
_STRONGEST = 3
_ROUNDUPS = frozenset({"digest", "summary"})
_STATES = {"acknowledged": "👤", "snoozed": "💤", "resolved": "✅", "expired": "⌛"}


def render_text(message: Message) -> str:
    """The top-level text: all that notifications and screen readers get."""
    if message.kind in _ROUNDUPS:
        return spoken(roundup.summary(message))
    if message.kind == "status":
        return spoken(wording.life(message))
    if message.kind == "escalation":
        return spoken(f"{wording.summary(message)} — {'; '.join(wording.reasons(message)[:2])}")
    return spoken(wording.summary(message))


def render_blocks(message: Message, name: str = "", *, interactive: bool = False) -> list[Block]:
    """The message as it stands by itself: at most 50 blocks, none over its limit, less than 10,000 characters in all.

    Block ids begin with `name`; `interactive` puts buttons under an alert.
    """
    if message.kind in _ROUNDUPS:
        return named(roundup.render(message), name)
    if message.kind == "notice":
        return named(_notice(message), name)
    return named(_card(message, buttons=interactive and message.kind != "test"), name)


def render_reply(message: Message, name: str = "", *, interactive: bool = False) -> list[Block]:
    """What stands in the thread of an alert that is there already: what is new about it, without the rest.

    Only an escalation has buttons of its own: it is read in the channel, far from the alert.
    """
    lines = [f"*{_label(message)}*", *(escaped(reason, 300) for reason in wording.reasons(message))]
    blocks = [section("\n".join(within(lines, _STATE * 2)))]
    if message.kind != "status":
        facts = f"{_source(message)} · score {message.score}"
        blocks += [section("\n".join(_told(message))), context(facts)]
    if interactive and message.kind == "escalation":
        blocks.append(actions(message.alert_id, "escalation"))
    return named(blocks, name)


def metadata(delivery_id: str, message: Message) -> dict[str, object]:
    """By this a message is found again when the answer to its posting got lost."""
    payload = {"delivery_id": delivery_id, "alert_id": message.alert_id}
    return {"event_type": "signal_watch_alert", "event_payload": payload}


def _card(message: Message, *, buttons: bool) -> list[Block]:
    return [
        header(f"{_emoji(message)} {wording.label(message)} · {wording.signal_name(message)}"),
        section("\n".join(_told(message))),
        context(f"{_source(message)}\n{_score(message)}"),
        section("\n".join(within(_others(message), _OTHERS))),
        section(_state(message)),
        actions(message.alert_id, message.status) if buttons else {},
        context("\n".join(within(_small_print(message, buttons=buttons), _SMALL))),
    ]


def _notice(message: Message) -> list[Block]:
    facts = (escaped(wording.late(message), 60), moment(message.created_at), escaped(message.signal_id, 80))
    return [
        header(f"{EMOJI.get(message.severity, '⚪')} {wording.label(message)} · {wording.signal_name(message)}"),
        section(linked(message.document.title, message.document.url, _TITLE, bold=True)),
        section(escaped(message.sentence, _QUOTE)),
        context(" · ".join(part for part in facts if part)),
    ]


def _emoji(message: Message) -> str:
    severity = EMOJI.get(message.severity, "⚪")
    return _STATES.get(message.status, severity) if message.kind == "status" else severity


def _label(message: Message) -> str:
    words = "Nobody has taken this yet" if message.kind == "escalation" else wording.label(message).capitalize()
    return f"{EMOJI.get(message.severity, '⚪')} {escaped(words, 100)}"


def _told(message: Message) -> list[str]:
    """The headline, and the sentence that proves it."""
    title = linked(message.document.title, message.document.url, _TITLE, bold=True)
    return [line for line in (title, quoted(message.sentence, message.highlights, _QUOTE)) if line]


def _source(message: Message) -> str:
    """Who says it, how many, how surely, and when; first that it is told late, if it is."""
    document = wording.reference(message.document)
    facts = (document.publisher, wording.corroboration(message), wording.assertion(message))
    told = escaped(" · ".join(fact for fact in facts if fact), _FACTS)
    told = f"*{escaped(wording.late(message), 60)}* · {told}" if message.late else told
    when = moment(document.published_at)
    return f"{told} · {when}" if when else told


def _score(message: Message) -> str:
    """The score with its three strongest reasons; the others are summed up, so that it adds up."""
    strongest = sorted(message.ledger, key=lambda entry: -abs(entry.points))
    shown, rest = strongest[:_STRONGEST], strongest[_STRONGEST:]
    if rest:
        shown = [*shown, LedgerEntry(f"from {len(rest)} more", sum(entry.points for entry in rest))]
    reasons = " · ".join(f"{entry.points:+d} {escaped(entry.reason, _SCORE // 5)}" for entry in shown)
    return f"*Score {message.score}*" + (f" = {reasons}" if reasons else "")


def _others(message: Message) -> list[str]:
    lines = []
    for other in wording.others(message)[:_MOST_OTHERS]:
        publisher = f"{escaped(other.publisher, _OTHER_TITLE)}: " if other.publisher else ""
        lines.append(f"• {publisher}{linked(other.title, other.url, _OTHER_TITLE)}")
    left = len(message.others) - _MOST_OTHERS
    return [*lines, f"and {left} more" if left > 0 else ""]


def _state(message: Message) -> str:
    """Who has it until when; nothing for an alert that is just open."""
    if not message.status:
        return ""
    until = moment(message.until)
    owner = escaped(message.owner, 80)
    standing = {
        "acknowledged": f"*{owner}* has it" if owner else "Somebody has it",
        "snoozed": "Put off",
        "resolved": f"Ended by *{owner}*" if owner else "Ended",
        "expired": "Over: nothing more came of it",
    }.get(message.status, "Open: nobody has it")
    ends = f" until {until}" if until and message.status in {"acknowledged", "snoozed"} else ""
    return f"{_STATES.get(message.status, '🔔')} {standing}{ends}"


def _small_print(message: Message, *, buttons: bool) -> list[str]:
    """Why it speaks, or what was done, and by what name it goes."""
    lines = [escaped(reason, 200) for reason in wording.reasons(message)]
    alert = escaped(wording.identifier(message.alert_id), 100)
    ids = f"signal {escaped(wording.identifier(message.signal_id), 100)} · alert {alert}"
    handle = "" if buttons or message.kind == "test" else f" · take it: `watcher alerts ack {alert.replace('`', '')}`"
    return [*lines, ids + handle]


__all__ = ["metadata", "render_blocks", "render_reply", "render_text", "units"]
