"""Classes, their fields, and the string below each field, read from source as Pulumi's analyser reads them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

N = TypeVar("N", bound=ast.AST)


class UndocumentedError(Exception):
    """Something that the reference shows has no words of its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """One annotated name of a class; `annotation` without NotRequired, Input and Output."""

    name: str
    annotation: str
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Class:
    """A class as its source has it; `arguments` is the type of its constructor's `args`."""

    name: str
    bases: tuple[str, ...]
    text: str
    fields: tuple[Field, ...]
    arguments: str | None


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of a command line, and the group that it stands in."""

    group: str
    name: str
    value: str
    text: str


def classes(folder: Path) -> dict[str, Class]:
    """Return the classes of a package's files by name."""
    found = (_class(node) for file in sorted(folder.glob("*.py")) for node in _nodes(file, ast.ClassDef))
    return {cls.name: cls for cls in found}


def all_fields(name: str, known: Mapping[str, Class]) -> tuple[Field, ...]:
    """Return a class's fields with those it inherits, bases first; every one must be documented."""
    cls = known[name]
    inherited = {f.name: f for base in cls.bases if base in known for f in all_fields(base, known)}
    fields = tuple((inherited | {f.name: f for f in cls.fields}).values())
    for field in fields:
        if not field.text:
            raise UndocumentedError(f"{name}.{field.name} has no string below it")
    return fields


def exported(file: Path) -> tuple[str, ...]:
    """Return a package's `__all__`."""
    for node in _nodes(file, ast.Assign):
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            return tuple(ast.literal_eval(node.value))
    raise UndocumentedError(f"{file.name} has no __all__")


def flags(file: Path) -> tuple[Flag, ...]:
    """Return the flags that a file adds to argparse's groups, but for those that argparse itself hides."""
    groups = {
        ast.unparse(node.targets[0]): str(ast.literal_eval(node.value.args[0]))
        for node in _nodes(file, ast.Assign)
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith(".add_argument_group")
    }
    found = []
    for call in _nodes(file, ast.Call):
        group, _, method = ast.unparse(call.func).rpartition(".")
        if method == "add_argument" and group in groups:
            found.append(_flag(groups[group], call))
    return tuple(flag for flag in found if flag is not None)


def set_of_words(file: Path, name: str) -> tuple[str, ...]:
    """Return a set of words that a file has under a name, in order."""
    for node in _nodes(file, ast.Assign):
        if ast.unparse(node.targets[0]) == name:
            return tuple(str(word.value) for word in ast.walk(node.value) if isinstance(word, ast.Constant))
    raise UndocumentedError(f"{file.name} has no {name}")


def _flag(group: str, call: ast.Call) -> Flag | None:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    name = str(ast.literal_eval(call.args[0]))
    if "help" not in given:
        raise UndocumentedError(f"the flag {name} has no help")
    if not isinstance(given["help"], ast.Constant):  # argparse.SUPPRESS
        return None
    choices = ast.literal_eval(given["choices"]) if "choices" in given else ()
    value = "|".join(choices) or (str(ast.literal_eval(given["metavar"])) if "metavar" in given else "")
    return Flag(group, name, value, str(given["help"].value))


def _class(node: ast.ClassDef) -> Class:
    body = node.body
    fields = []
    for index, statement in enumerate(body):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            below = body[index + 1] if index + 1 < len(body) else None
            fields.append(_field(statement, below, is_partial="total" in {k.arg for k in node.keywords}))
    return Class(
        node.name,
        tuple(ast.unparse(base).rpartition(".")[2] for base in node.bases),
        ast.get_docstring(node) or "",
        tuple(field for field in fields if not field.name.startswith("_")),
        _arguments(node),
    )


def _field(statement: ast.AnnAssign, below: ast.stmt | None, *, is_partial: bool) -> Field:
    annotation = ast.unparse(statement.annotation)
    is_required = not (annotation.startswith("NotRequired[") or is_partial)
    for wrapper in ("NotRequired[", "pulumi.Input[", "pulumi.Output["):
        if annotation.startswith(wrapper):
            annotation = annotation.removeprefix(wrapper).removesuffix("]")
    text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
    return Field(str(ast.unparse(statement.target)), annotation, is_required, " ".join(str(text).split()))


def _arguments(node: ast.ClassDef) -> str | None:
    for function in node.body:
        if isinstance(function, ast.FunctionDef) and function.name == "__init__":
            for argument in function.args.args:
                if argument.arg == "args" and argument.annotation is not None:
                    return ast.unparse(argument.annotation)
    return None


def _nodes(file: Path, kind: type[N]) -> Iterator[N]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, kind):
            yield node
