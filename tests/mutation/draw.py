"""Draw mutations of modules by cosmic-ray, and print each as a line of JSON. Run by the interpreter that has it.

python tests/mutation/draw.py COUNT SEED FILE …
"""

from __future__ import annotations

import ast
import json
import random
import sys
from pathlib import Path

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

# Families that change what the code does. Left out: `is` for `==` and unions of types, which change nothing here.
FAMILIES = (
    *(f"core/ReplaceComparisonOperator_{pair}" for pair in ("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")),
    *(f"core/ReplaceComparisonOperator_{pair}" for pair in ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_Gt", "Gt_Lt")),
    *(f"core/ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Mul_FloorDiv", "FloorDiv_Mul")),
    "core/AddNot",
    "core/NumberReplacer",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceUnaryOperator_Delete_USub",
    "core/ExceptionReplacer",
    "core/ZeroIterationForLoop",
)


def places(path: Path) -> list[tuple[str, int, int]]:
    """Return operator, occurrence and line of every mutation of a module outside of annotations."""
    source = path.read_text("utf-8")
    inert, nodes = _inert_places(source), list(ast_nodes(get_ast(source)))
    found = []
    for name in FAMILIES:
        operator = plugins.get_operator(name)()
        positions = [p for node in nodes for p in operator.mutation_positions(node)]
        found += [(name, n, at[0]) for n, (at, _) in enumerate(positions) if tuple(at) not in inert]
    return found


def mutated(path: Path, name: str, occurrence: int) -> str:
    """Return the module with the mutation in it, or an empty text where it changes nothing or cannot be read."""
    source = path.read_text("utf-8")
    code = mutate_code(source, plugins.get_operator(name)(), occurrence) or source
    try:
        return code if ast.dump(ast.parse(code)) != ast.dump(ast.parse(source)) else ""
    except SyntaxError:  # `*rest` is no multiplication
        return ""


def _inert_places(source: str) -> set[tuple[int, int]]:
    """Return where annotations and decorators stand: nothing evaluates the first, the second are no rule of ours."""
    inert = set()
    for node in ast.walk(ast.parse(source)):
        roots = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for root in (*roots, *getattr(node, "decorator_list", ())):
            parts = ast.walk(root) if root is not None else ()
            inert |= {(part.lineno, part.col_offset) for part in parts if hasattr(part, "lineno")}
    return inert


def main(count: int, seed: int, *paths: str) -> None:
    draw = random.Random(seed)
    weights = [len(Path(path).read_text("utf-8").splitlines()) for path in paths]
    drawn: set[tuple[str, str, int]] = set()
    known: dict[str, list[tuple[str, int, int]]] = {}
    for _ in range(count * 20):
        if len(drawn) == count:
            return
        (path,) = draw.choices(paths, weights)
        if path not in known:
            known[path] = places(Path(path))
        if not known[path]:
            continue
        operator, occurrence, line = draw.choice(known[path])
        key = (path, operator, occurrence)
        if key not in drawn and (code := mutated(Path(path), operator, occurrence)):
            drawn.add(key)
            print(json.dumps({"file": path, "operator": operator, "line": line, "code": code}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
