"""Band arithmetic of the parameter `expression`, worked out by walking its syntax tree: nothing is evaluated as Python."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy

from pcsync.emulator.errors import Invalid

Array = Any
"""A numpy masked array; numpy.ma has no useful types."""
FUNCTIONS: Mapping[str, tuple[int, Callable[..., Array]]] = {
    "where": (3, numpy.ma.where),
    "abs": (1, numpy.ma.abs),
    "sqrt": (1, numpy.ma.sqrt),
    "exp": (1, numpy.ma.exp),
    "log": (1, numpy.ma.log),
    "log10": (1, numpy.ma.log10),
    "sin": (1, numpy.ma.sin),
    "cos": (1, numpy.ma.cos),
    "tan": (1, numpy.ma.tan),
    "arctan": (1, numpy.ma.arctan),
    "arctan2": (2, numpy.ma.arctan2),
    "floor": (1, numpy.ma.floor),
    "ceil": (1, numpy.ma.ceil),
    "minimum": (2, numpy.ma.minimum),
    "maximum": (2, numpy.ma.maximum),
}
BINARY: Mapping[type[ast.AST], Callable[[Array, Array], Array]] = {
    ast.Add: numpy.ma.add,
    ast.Sub: numpy.ma.subtract,
    ast.Mult: numpy.ma.multiply,
    ast.Div: numpy.ma.true_divide,
    ast.Mod: numpy.ma.mod,
    ast.Pow: numpy.ma.power,
    ast.BitAnd: numpy.ma.logical_and,
    ast.BitOr: numpy.ma.logical_or,
    ast.And: numpy.ma.logical_and,
    ast.Or: numpy.ma.logical_or,
}
COMPARE: Mapping[type[ast.AST], Callable[[Array, Array], Array]] = {
    ast.Lt: numpy.ma.less,
    ast.LtE: numpy.ma.less_equal,
    ast.Gt: numpy.ma.greater,
    ast.GtE: numpy.ma.greater_equal,
    ast.Eq: numpy.ma.equal,
    ast.NotEq: numpy.ma.not_equal,
}
MOST_NODES, DEEPEST, MOST_BLOCKS = 400, 60, 16
PLACE = "band_{}_"


def blocks(expression: str) -> list[str]:
    """The bands that an expression makes: its parts between semicolons."""
    found = [block.strip() for block in expression.split(";") if block.strip()]
    if not 0 < len(found) <= MOST_BLOCKS:
        raise Invalid(f"expression must have 1 to {MOST_BLOCKS} bands")
    return found


def named_in(expression: str, names: Sequence[str]) -> list[str]:
    """Those of `names` that stand in an expression as whole words, in the order of `names`."""
    return [name for name in names if re.search(_word(name), expression)]


def evaluate(expression: str, bands: Mapping[str, Array]) -> Array:
    """One layer per block of the expression. Raises Invalid for what is no band, number, operator or function."""
    ordered = sorted(bands, key=len, reverse=True)
    layers = [_block(block, ordered, bands) for block in blocks(expression)]
    shape = next(iter(bands.values())).shape
    return numpy.ma.stack([_layer(layer, shape) for layer in layers])


def _block(block: str, ordered: Sequence[str], bands: Mapping[str, Array]) -> Array:
    """Band names may be anything, `B8-A_b1` too; so each becomes a plain word before the text is parsed."""
    values = {}
    for index, name in enumerate(ordered):
        place = PLACE.format(index)
        block, count = re.subn(_word(name), place, block)
        if count:
            values[place] = _wide(bands[name])
    try:
        tree = ast.parse(block, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as broken:
        raise Invalid("expression cannot be parsed") from broken
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise Invalid(f"expression has more than {MOST_NODES} parts")
    return _value(tree.body, values, DEEPEST)


def _value(node: ast.expr, values: Mapping[str, Array], left: int) -> Array:
    if left == 0:
        raise Invalid(f"expression is nested deeper than {DEEPEST} levels")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return numpy.float64(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values, left - 1)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, values, left - 1)
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            return numpy.ma.logical_not(_value(operand, values, left - 1))
        case ast.BinOp(left=first, op=op, right=second) if type(op) in BINARY:
            return BINARY[type(op)](_value(first, values, left - 1), _value(second, values, left - 1))
        case ast.BoolOp(op=op, values=[first, *others]):
            found = _value(first, values, left - 1)
            for other in others:
                found = BINARY[type(op)](found, _value(other, values, left - 1))
            return found
        case ast.Compare(left=first, ops=[op], comparators=[second]) if type(op) in COMPARE:
            return COMPARE[type(op)](_value(first, values, left - 1), _value(second, values, left - 1))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS and len(arguments) == FUNCTIONS[name][0]:
            return FUNCTIONS[name][1](*(_value(argument, values, left - 1) for argument in arguments))
        case ast.Name(id=name):
            raise Invalid(f"expression names '{name[:40]}', which is no band that was read")
    raise Invalid("expression may hold bands, numbers, + - * / % **, comparisons, & | and the functions " + ", ".join(FUNCTIONS))


def _layer(value: Array, shape: tuple[int, ...]) -> Array:
    """A whole layer, also of a constant; truth as 0 and 1."""
    array: Array = numpy.ma.asarray(value)
    if array.dtype.kind == "b":
        array = array.astype("uint8")
    elif array.dtype.kind == "f":
        array = numpy.ma.masked_invalid(array, copy=False)
    return array if array.shape == shape else numpy.ma.array(numpy.broadcast_to(array, shape))


def _wide(band: Array) -> Array:
    """Integers as float: the difference of unsigned bands must be able to be negative."""
    return band if band.dtype.kind == "f" else band.astype("float64")


def _word(name: str) -> str:
    return rf"(?<![\w]){re.escape(name)}(?![\w])"
