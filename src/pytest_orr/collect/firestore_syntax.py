"""Reads the text of Firestore's security rules: which conditions let whom write where.

A small parser of what such files hold: services, matches inside matches, functions, ``allow``.
What it does not know it refuses, since a rule that is skipped could be the open one.
"""

from __future__ import annotations

import re
from collections import ChainMap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

WRITING = frozenset({"write", "create", "update", "delete"})
METHODS = WRITING | {"read", "get", "list"}
TOKEN = re.compile(
    r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<number>[0-9]+(?:\.[0-9]+)?)
  | (?P<sign>&&|\|\||==|!=|<=|>=|\$\(|[-+*/%<>!?:;,.=(){}\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
PATH = re.compile(r"(/(\{[A-Za-z_][A-Za-z0-9_]*(=\*\*)?\}|\$\([^()\s]*\)|[^\s/{}();'\"]+))+")
DEEPEST = 100
"""Steps of a path; Firestore's own limit on documents inside documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word, number, text or sign, and where it stands."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that conditions may call."""

    parameters: tuple[str, ...]
    bindings: tuple[tuple[str, tuple[Token, ...]], ...]
    """Names that ``let`` gives, in order, each with its expression."""
    result: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """An ``allow`` statement that is about writing."""

    path: str
    """Of all matches around it, joined."""
    methods: tuple[str, ...]
    line: int
    condition: tuple[Token, ...]
    """Empty if there is none, which allows all."""
    functions: MutableMapping[str, Function] = field(default_factory=dict)
    """What it can call, also functions that stand after it."""


def allowances_of(text: str, name: str) -> tuple[Allowance, ...]:
    """Read every ``allow`` of writing; ``name`` is the file's, for messages.

    Raises ``FactUnavailable`` with the line at what cannot be read.
    """
    return _Parser(text, name).parse()


class _Parser:
    def __init__(self, text: str, name: str) -> None:
        self._text, self._name, self._at = text, name, 0

    def parse(self) -> tuple[Allowance, ...]:
        found: list[Allowance] = []
        services = 0
        while (word := self._next()) is not None:
            if word.text == "rules_version":
                self._expect("=")
                self._take()
                self._expect(";")
            elif word.text == "service":
                found += self._service()
                services += 1
            else:
                raise self._refusal(word)
        if not services:
            raise FactUnavailable(f"{self._name} holds no rules", "name the rules' own file")
        return tuple(found)

    def _service(self) -> list[Allowance]:
        named = "".join(self._take().text for _ in range(3))
        if named != "cloud.firestore":
            raise FactUnavailable(
                f"{self._name} holds rules of {named}, not of cloud.firestore",
                "name the file with Firestore's rules under [[databases]] rules",
            )
        self._expect("{")
        return list(self._inside("", {}))

    def _inside(self, path: str, outer: MutableMapping[str, Function]) -> Iterator[Allowance]:
        """Yield what a block allows; its functions may stand after what calls them."""
        functions: MutableMapping[str, Function] = ChainMap({}, outer)
        while (word := self._take()).text != "}":
            if path.count("/") > DEEPEST:
                raise self._refusal(word)
            if word.text == "match":
                where = path + self._path()
                self._expect("{")
                yield from self._inside(where, functions)
            elif word.text == "function":
                self._function(functions)
            elif word.text == "allow":
                yield from self._allow(path, word.line, functions)
            else:
                raise self._refusal(word)

    def _path(self) -> str:
        self._skip_blanks()
        found = PATH.match(self._text, self._at)
        if not found:
            raise self._refusal(self._take())
        self._at = found.end()
        return found[0]

    def _allow(
        self, path: str, line: int, functions: MutableMapping[str, Function]
    ) -> Iterator[Allowance]:
        methods = [self._method()]
        while (sign := self._take()).text == ",":
            methods.append(self._method())
        condition: tuple[Token, ...] = ()
        if sign.text == ":":
            self._expect("if")
            condition = self._until(";")
            if not condition:
                raise self._refusal(sign)
        elif sign.text != ";":
            raise self._refusal(sign)
        writing = tuple(method for method in methods if method in WRITING)
        if writing:
            yield Allowance(
                path=path, methods=writing, line=line, condition=condition, functions=functions
            )

    def _method(self) -> str:
        word = self._take()
        if word.text not in METHODS:
            raise self._refusal(word)
        return word.text

    def _function(self, functions: MutableMapping[str, Function]) -> None:
        name = self._take().text
        self._expect("(")
        parameters = tuple(one.text for one in self._until(")") if one.text != ",")
        self._expect("{")
        bindings = []
        while (word := self._take()).text == "let":
            bound = self._take().text
            self._expect("=")
            bindings.append((bound, self._until(";")))
        if word.text != "return":
            raise self._refusal(word)
        result = self._until(";")
        self._expect("}")
        made = Function(parameters=parameters, bindings=tuple(bindings), result=result)
        functions[name] = made

    def _until(self, end: str) -> tuple[Token, ...]:
        """Return the tokens up to a sign that stands in no bracket."""
        found: list[Token] = []
        depth = 0
        while (token := self._take()).text != end or depth:
            depth += token.kind == "sign" and token.text in {"(", "[", "{", "$("}
            depth -= token.kind == "sign" and token.text in {")", "]", "}"}
            if depth < 0:
                raise self._refusal(token)
            found.append(token)
        return tuple(found)

    def _expect(self, text: str) -> None:
        token = self._take()
        if token.text != text:
            raise self._refusal(token)

    def _take(self) -> Token:
        token = self._next()
        if token is None:
            raise FactUnavailable(
                f"{self._name} ends in the middle of a rule", "let `firebase` check the file"
            )
        return token

    def _next(self) -> Token | None:
        self._skip_blanks()
        if self._at >= len(self._text):
            return None
        found, line = TOKEN.match(self._text, self._at), self._line()
        if not found:
            raise self._refusal(Token(kind="", text=self._text[self._at], line=line))
        self._at = found.end()
        return Token(kind=str(found.lastgroup), text=found[0], line=line)

    def _skip_blanks(self) -> None:
        while (found := TOKEN.match(self._text, self._at)) and found["blank"]:
            self._at = found.end()

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def _refusal(self, token: Token) -> FactUnavailable:
        return FactUnavailable(
            f"line {token.line} of {self._name} cannot be read at {token.text!r}",
            "let `firebase` check the file; if it holds, update pytest-orr",
        )
