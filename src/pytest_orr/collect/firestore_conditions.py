"""Judges what a condition of Firestore's rules says to somebody who is not logged in.

To him ``request.auth`` is null: to compare it with null is false or true, and to ask for anything
in it is an error, which denies. What depends on data alone he may choose to fulfil, so it counts
as true; what is not understood stays undecided.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from .firestore_syntax import Token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .firestore_syntax import Allowance, Function

DEEPEST = 100
MOST_WORK = 100_000
MOST_TOKENS = 5_000
"""More than any condition needs that Firestore itself takes; functions can call themselves."""
COMPARING = ("==", "!=", "<", "<=", ">", ">=", "in", "is")
BRACKETS = {"(": ")", "[": "]", "{": "}", "$(": ")"}
LAZY = frozenset({"&&", "||", "?", "!"})
"""What may leave a part of an expression out."""
AUTH = ("request", ".", "auth")


class Answer(Enum):
    """What a condition says to somebody who is not logged in."""

    YES = "yes"
    """It is true, or can be made true."""
    NO = "no"
    ERROR = "error"
    """It cannot be evaluated, and denies."""
    UNSURE = "unsure"

    @property
    def denies(self) -> bool:
        """Whether it lets nobody in by itself."""
        return self in {Answer.NO, Answer.ERROR}


Tokens = tuple[Token, ...]


def answer_to_nobody(allowance: Allowance) -> Answer:
    """Return what an ``allow`` says to somebody who is not logged in."""
    if not allowance.condition:
        return Answer.YES
    return _Reader(allowance.functions).answer(allowance.condition)


class _Reader:
    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self._left = MOST_WORK
        self._deep = 0

    def answer(self, tokens: Tokens) -> Answer:
        self._left -= len(tokens) + 1
        if self._left < 0 or self._deep > DEEPEST or not tokens:
            return Answer.UNSURE
        self._deep += 1
        try:
            return self._worked_out(tokens)
        finally:
            self._deep -= 1

    def _worked_out(self, tokens: Tokens) -> Answer:
        if _split(tokens, "?")[1:]:
            return _of_what_is_not_worked_out(tokens)
        for sign, combine in (("||", _any), ("&&", _all)):
            if (parts := _split(tokens, sign))[1:]:
                return combine([self.answer(part) for part in parts])
        return self._without_operators(tokens)

    def _without_operators(self, tokens: Tokens) -> Answer:
        if tokens[0].text == "!":
            return self._negated(tokens[1:])
        if _is_enclosed(tokens):
            return self.answer(tokens[1:-1])
        if call := self._called(tokens):
            return self.answer(call)
        return Answer.UNSURE if self._calls(tokens) else _of_atom(tokens)

    def _negated(self, tokens: Tokens) -> Answer:
        if any(_split(tokens, sign)[1:] for sign in COMPARING):
            return _of_what_is_not_worked_out(tokens)
        if [token.text for token in tokens] == ["true"]:
            return Answer.NO
        answer = self.answer(tokens)
        return Answer.YES if answer is Answer.NO else answer

    def _called(self, tokens: Tokens) -> Tokens:
        """Return a call of one of the file's functions as the expression that it stands for."""
        function = self._functions.get(tokens[0].text)
        if function is None or not _is_enclosed(tokens[1:]):
            return ()
        inner = tokens[2:-1]
        given = _split(inner, ",") if inner else []
        if len(given) != len(function.parameters):
            return ()
        named = dict(zip(function.parameters, given, strict=True))
        for name, bound in function.bindings:
            named[name] = _replaced(bound, named)
        return _replaced(function.result, named)

    def _calls(self, tokens: Tokens) -> bool:
        texts = ("", *(token.text for token in tokens), "")
        return any(
            text in self._functions and before != "." and after == "("
            for before, text, after in zip(texts, texts[1:], texts[2:], strict=False)
        )


def _any(answers: Sequence[Answer]) -> Answer:
    if Answer.YES in answers:
        return Answer.YES
    if Answer.UNSURE in answers:
        return Answer.UNSURE
    return Answer.ERROR if Answer.ERROR in answers else Answer.NO


def _all(answers: Sequence[Answer]) -> Answer:
    if any(one.denies for one in answers):
        return Answer.NO if Answer.NO in answers else Answer.ERROR
    return Answer.UNSURE if Answer.UNSURE in answers else Answer.YES


def _of_what_is_not_worked_out(tokens: Tokens) -> Answer:
    return Answer.UNSURE if _mentions_auth(tokens) else Answer.YES


def _of_atom(tokens: Tokens) -> Answer:
    words = tuple(token.text for token in tokens)
    if words in {("true",), ("false",)}:
        return Answer.YES if words == ("true",) else Answer.NO
    if not _mentions_auth(tokens):
        return Answer.YES
    for sign, same in (("==", Answer.YES), ("!=", Answer.NO)):
        if words in {(*AUTH, sign, "null"), ("null", sign, *AUTH)}:
            return same
    in_order = LAZY.isdisjoint(words) and _asks_for_something_in_auth(words)
    return Answer.ERROR if in_order else Answer.UNSURE


def _mentions_auth(tokens: Tokens) -> bool:
    """Whether the word occurs at all, also as ``request['auth']``."""
    return any(token.text.strip("'\"") == "auth" for token in tokens)


def _asks_for_something_in_auth(words: tuple[str, ...]) -> bool:
    return any(
        words[at : at + 3] == AUTH and words[at + 3 : at + 4] in {(".",), ("[",)}
        for at in range(len(words))
        if at == 0 or words[at - 1] != "."
    )


def _split(tokens: Tokens, sign: str) -> list[Tokens]:
    """Split at a sign that stands in no bracket."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += _step(token)
        if token.kind in {"sign", "word"} and token.text == sign and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts]


def _step(token: Token) -> int:
    if token.kind != "sign":
        return 0
    return (token.text in BRACKETS) - (token.text in BRACKETS.values())


def _is_enclosed(tokens: Tokens) -> bool:
    """Whether one pair of parentheses holds everything."""
    if len(tokens) < 2 or tokens[0].text != "(":
        return False
    depth = 0
    for at, token in enumerate(tokens):
        depth += _step(token)
        if not depth:
            return at == len(tokens) - 1
    return False


def _replaced(tokens: Tokens, named: Mapping[str, Tokens]) -> Tokens:
    """Put what is given in the place of names; what is more than a path gets parentheses."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        is_member = at > 0 and tokens[at - 1].text == "."
        if token.kind == "word" and token.text in named and not is_member:
            found.extend(_grouped(named[token.text]))
        else:
            found.append(token)
        if len(found) > MOST_TOKENS:
            return ()
    return tuple(found)


def _grouped(tokens: Tokens) -> Tokens:
    if not tokens or all(token.kind == "word" or token.text == "." for token in tokens):
        return tokens
    line = tokens[0].line
    return (
        Token(kind="sign", text="(", line=line),
        *tokens,
        Token(kind="sign", text=")", line=line),
    )
