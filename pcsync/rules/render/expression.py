"""Band arithmetic: the numexpr subset that rio-tiler takes, parsed with the place of every name (dossier 3.2).

Several bands stand side by side with ``;``. A hyphen is always a minus, so an asset ``near-infrared`` cannot be named. The parser reads
to the end of the text in one go and never recurses deeper than MAX_DEPTH, whatever it is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pcsync.rules.words import meant, names

MAX_DEPTH = 60
MAX_LENGTH = 8192  # characters; a URL of that length reaches no server

TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<operator>\*\*|//|<<|>>|<=|>=|==|!=|[-+*/%<>&|^~(),;])"
)
FUNCTIONS = names(
    "where sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh log log10 log1p log2 exp expm1 "
    "sqrt abs conj real imag complex contains floor ceil fmod hypot min max minimum maximum sum prod ones_like isfinite isinf "
    "isnan sign round trunc copy copysign nextafter signbit"
)
TWO = names("arctan2 fmod hypot minimum maximum copysign nextafter complex")
UNCOUNTED = names("min max sum prod contains")
ARGUMENTS = {**dict.fromkeys(FUNCTIONS - UNCOUNTED, 1), **dict.fromkeys(TWO, 2), "where": 3}
WORDS = {"and": "&", "or": "|", "not": "~"}
PYTHON = names("if else for in is lambda None True False await async yield import class def return")
BINDING = {"|": 2, "^": 3, "&": 4, "<<": 5, ">>": 5, "+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "%": 7, "**": 9}
COMPARING = frozenset({"<", "<=", ">", ">=", "==", "!="})
COMPARISON, UNARY, POWER = 1, 8, 9


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression; ``kind`` is number, name, operator, end, or bad for a character that cannot stand there."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an expression, and where."""

    what: str
    fix: str
    start: int
    end: int


@dataclass(slots=True)
class Expression:
    """An expression's bands, the names in it, and what is wrong with it; ``operators`` are those that people often mean otherwise."""

    bands: int = 0
    names: list[Token] = field(default_factory=list)
    carets: list[Token] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of an expression, an end token last; never fails."""
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            yield Token("bad", text[at], at)
            at += 1
            continue
        if found.lastgroup != "space":
            yield Token(found.lastgroup or "bad", found[0], at)
        at = found.end()
    yield Token("end", "", at)


class SyntaxFaultError(Exception):
    """Reading the rest of this band makes no sense."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


def parse(text: str) -> Expression:
    """The expression of a text; what cannot be read is among its faults."""
    if len(text) > MAX_LENGTH:
        what = f"this expression has {len(text)} characters, more than a URL can carry"
        return Expression(faults=[Fault(what, "shorten it", 0, len(text))])
    return Parser(text).expression()


class Parser:
    """Precedence climbing over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self.tokens = list(tokens(text))
        self.at, self.depth = 0, 0
        self.found = Expression()

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def expression(self) -> Expression:
        """Every band; after a fault the next band is read all the same."""
        while self.token.kind != "end":
            if self.token.text == ";":
                self.at += 1
                continue
            self.band()
        if not self.found.bands and not self.found.faults:
            self.found.faults.append(Fault("this expression is empty", "write one, such as (B08-B04)/(B08+B04)", 0, self.token.end))
        return self.found

    def band(self) -> None:
        """One band, up to ``;`` or the end."""
        self.found.bands += 1
        self.depth = 0
        try:
            self.operation(0)
            if self.token.kind != "end" and self.token.text != ";":
                raise self.unexpected()
        except SyntaxFaultError as wrong:
            self.found.faults.append(wrong.fault)
            while self.token.kind != "end" and self.token.text != ";":
                self.at += 1

    def operation(self, binding: int) -> None:
        """Operands and the operators between them that bind at least as tightly."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault("this expression is nested too deeply", "write it more simply")
        self.operand()
        compared = False
        while True:
            token = self.token
            strength = COMPARISON if token.text in COMPARING else BINDING.get(token.text, -1)
            if token.kind != "operator" or strength < max(binding, 1):
                break
            if strength == COMPARISON and compared:
                raise self.fault("comparisons cannot be chained", "join two with &: (0 < B04) & (B04 < 1)")
            compared = compared or strength == COMPARISON
            if token.text == "^":
                self.found.carets.append(token)
            if token.text in ("<<", ">>"):
                raise self.fault(f"there is no operator {token.text}", "multiply or divide by a power of 2")
            self.at += 1
            self.operation(UNARY if token.text == "**" else strength + 1)
        self.depth -= 1

    def operand(self) -> None:
        """A number, a name, a call, something in parentheses; with signs before it."""
        token = self.token
        if token.kind == "operator" and token.text in "+-~":
            self.at += 1
            self.operation(UNARY)
        elif token.kind == "number":
            self.number(token)
        elif token.kind == "name":
            self.name(token)
        elif token.text == "(":
            self.at += 1
            self.operation(0)
            self.close(token)
        else:
            raise self.unexpected()

    def number(self, token: Token) -> None:
        """A number; leading zeros and letters behind it are refused, as Python refuses them."""
        self.at += 1
        if len(token.text) > 1 and token.text[0] == "0" and token.text.isdigit() and token.text.strip("0"):
            raise self.fault(f"{token.text} is no number", f"write {token.text.lstrip('0')}", token)
        follower = self.token
        if follower.kind == "name" and follower.start == token.end:
            what = f"{token.text}{follower.text} is no name: names begin with a letter, and this reads as a number"
            raise self.fault(what, "an asset of that key cannot be used in an expression", token, follower)

    def name(self, token: Token) -> None:
        """An asset, a band, or a function with its arguments."""
        self.at += 1
        if token.text in WORDS:
            raise self.fault(f"{token.text!r} is no operator here", f"write {WORDS[token.text]}, with parentheses around both sides", token)
        if token.text in PYTHON:
            raise self.fault(f"{token.text!r} is Python, not band arithmetic", "where(condition, a, b) chooses between two values", token)
        if self.token.text != "(":
            self.found.names.append(token)
            return
        if token.text not in FUNCTIONS:
            self.found.faults.append(_no_function(token))
        self.arguments(token)

    def arguments(self, function: Token) -> None:
        """The arguments of a call."""
        opening, count = self.token, 0
        self.at += 1
        while self.token.text != ")":
            self.operation(0)
            count += 1
            if self.token.text != ",":
                break
            self.at += 1
        self.close(opening)
        wanted = ARGUMENTS.get(function.text)
        if wanted is not None and count != wanted:
            what = f"{function.text} takes {wanted} argument{'s' if wanted > 1 else ''}, and {count} are given"
            self.found.faults.append(Fault(what, "", function.start, self.tokens[self.at - 1].end))

    def close(self, opening: Token) -> None:
        """The closing parenthesis of an opening one."""
        if self.token.text != ")":
            if self.token.kind == "end" or self.token.text == ";":
                raise self.fault("this parenthesis is never closed", "close it with )", opening)
            raise self.unexpected()
        self.at += 1

    def unexpected(self) -> SyntaxFaultError:
        """The next token cannot stand where it stands."""
        token = self.token
        if token.kind == "end":
            return self.fault("the expression ends where an operand is expected", "finish it", self.tokens[max(self.at - 1, 0)])
        if token.text == ")":
            return self.fault("this parenthesis closes nothing", "remove it, or write the operand before it")
        if token.text == "=":
            return self.fault("= compares nothing here", "write == to compare")
        what = (
            f"{token.text!r} cannot stand here" if token.kind != "bad" else f"the character {token.text!r} means nothing in an expression"
        )
        return self.fault(what, "operators are + - * / ** % // and comparisons; bands are separated with ;")

    def fault(self, what: str, fix: str, first: Token | None = None, last: Token | None = None) -> SyntaxFaultError:
        """A fault at a token, or at several."""
        begin = first or self.token
        return SyntaxFaultError(Fault(what, fix, begin.start, max((last or begin).end, begin.start)))


def _no_function(token: Token) -> Fault:
    fix = meant(token.text, FUNCTIONS, "functions are those of numexpr: where, sqrt, log, exp, abs, minimum, maximum, …")
    return Fault(f"there is no function {token.text!r}", fix, token.start, token.end)
