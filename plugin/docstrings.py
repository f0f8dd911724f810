"""The sentence under each field of a class, its bases' fields included: it is nowhere at run time but in the source."""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType


def field_docstrings(package: str) -> Mapping[str, Mapping[str, str]]:
    """Return class name -> field -> docstring of every class in the package's loaded modules."""
    classes = {
        node.name: node for module in _modules(package) for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.ClassDef)
    }  # fmt: skip
    return {name: _with_bases(node, classes) for name, node in classes.items()}


def _modules(package: str) -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name == package or name.startswith(f"{package}.")]


def _with_bases(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> dict[str, str]:
    found: dict[str, str] = {}
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            found |= _with_bases(classes[base.id], classes)
    return found | dict(_own(node))


def _own(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            yield field.target.id, inspect.cleandoc(str(after.value.value))
