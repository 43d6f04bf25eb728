"""Board to JSON: all that the page shows, and what it leaves out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import escape

if TYPE_CHECKING:
    from pytest_orr.board import Board, Cell, OpenItem, Point, ServiceEnding, Standing
    from pytest_orr.model import Action, Score

SCHEMA = "tag:pytest-orr,2026:board/v1"
"""Names the format, and is the ``$id`` of its JSON Schema, ``schemas/board.schema.json``."""

Plain = dict[str, Any]


def render(board: Board) -> str:
    """Return the board as JSON, in the order of its page."""
    plain = {
        "schema": SCHEMA,
        "as_of": board.as_of.isoformat(),
        "verdicts": [
            {"verdict": word.value, "services": number, "in_doubt": marked}
            for word, number, marked in board.counts()
        ],
        "sections": [{"section": key, "title": title} for key, title in board.sections],
        "unread": [{"source": one.source, "why": one.why} for one in board.unread],
        "services": [_standing(one) for one in board.standings],
        "endings": [_ending(one) for one in board.endings],
        "open_items": [_open_item(one) for one in board.open_items],
    }
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=2)
    return escape.json_source(text) + "\n"


def _standing(one: Standing) -> Plain:
    return {
        "service": one.service,
        "environment": one.environment,
        "phase": one.phase,
        "commit": one.commit,
        "day": one.day,
        "age_days": one.age,
        "verdict": one.verdict.word.value,
        "reason": one.verdict.reason,
        "scores": {"raw": _score(one.verdict.raw), "adjusted": _score(one.verdict.adjusted)},
        "open_blockers": one.blockers,
        "doubts": [{"kind": mark.kind, "text": mark.text} for mark in one.marks],
        "sections": [_cell(cell) for cell in one.cells],
        "acts_next": _action(one.action) if one.action else None,
        "trend": [_point(point) for point in one.trend],
        "worse": one.worse,
        "better": one.better,
        "sources": list(one.sources),
    }


def _score(score: Score) -> Plain:
    return {"met": score.met, "of": score.of}


def _cell(cell: Cell) -> Plain:
    return {
        "section": cell.section,
        "worst": cell.worst.value if cell.worst else None,
        "number": cell.number,
        "of": cell.of,
    }


def _action(action: Action) -> Plain:
    return {
        "owner": action.owner,
        "people": list(action.people),
        "what": action.what,
        "severity": action.severity,
        "outcome": action.outcome.value,
        "items": list(action.items),
    }


def _point(point: Point) -> Plain:
    return {"day": point.day, "verdict": point.word.value, "met": point.met, "of": point.of}


def _ending(one: ServiceEnding) -> Plain:
    return {
        "service": one.service,
        "environment": one.environment,
        "kind": one.ending.kind,
        "item": one.ending.item,
        "what": one.ending.what,
        "until": one.ending.until,
        "days_left": one.ending.days_left,
        "owner": one.ending.owner,
    }


def _open_item(one: OpenItem) -> Plain:
    return {
        "id": one.id,
        "title": one.title,
        "outcomes": [{"outcome": word.value, "services": number} for word, number in one.counts],
        "services": list(one.services),
    }
