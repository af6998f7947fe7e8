"""Loads the estate root: the directory with ``exporters/``, ``alerts/`` and ``dashboards/``. I/O.

Invariants: the files of one root are seen at a time, fresh from disk, and no folder of that name from anywhere else
on the import path; whatever a definition does wrong is told with its file and line.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from traceback import extract_tb
from types import CodeType, ModuleType

from ppbe_observe.aws.services import KINDS
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.errors import DefinitionError

FOLDERS = ("exporters", "alerts", "dashboards")

RESERVED = frozenset({"alarms", "controls", "identity"})
"""What is scheduled, logged and counted like an exporter, but is none."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def estate_root(override: Path | None = None) -> Path:
    """The directory given, else the copy that travels in the package, else the checkout of an editable install.

    Raises:
        DefinitionError: There is none, or it has no ``exporters/``.
    """
    package = Path(__file__).resolve().parent
    candidates = [override.expanduser().resolve()] if override else [package / "estate", package.parents[1]]
    for candidate in candidates:
        if (candidate / "exporters").is_dir():
            return candidate
    looked = " or ".join(str(each) for each in candidates)
    raise DefinitionError(f"no exporters/ in {looked}: name the directory that has it with --definitions")


def runbooks_of(root: Path) -> Path:
    """The directory of the runbooks: beside the definitions, or in the docs of a checkout."""
    beside = root / "runbooks"
    return beside if beside.is_dir() else root / "docs" / "runbooks"


def load_exporters(root: Path | None = None) -> tuple[Exporter, ...]:
    """Every exporter that ``exporters/*.py`` declares as EXPORTER or EXPORTERS, called after its file.

    Raises:
        DefinitionError: A file is wrong, or two declare the same.
    """
    loaded = tuple(_declared(load_modules(estate_root(root), "exporters")))
    if not loaded:
        raise DefinitionError(f"{estate_root(root) / 'exporters'}: no exporter is declared there")
    _check_distinct(loaded)
    return tuple(each.exporter for each in loaded)


def load_alarms(root: Path | None = None) -> tuple[CloudWatchAlarm, ...]:
    """Every alarm that ``alerts/*.py`` declares as ALARMS; their exporters are called as ``load_exporters`` calls them.

    Raises:
        DefinitionError: A file is wrong, or two alarms have one name.
    """
    found = estate_root(root)
    load_exporters(found)
    return alarms_of(_modules(found, "alerts"))


def alarms_of(modules: Iterable[ModuleType]) -> tuple[CloudWatchAlarm, ...]:
    """Every alarm that these modules of ``alerts/`` declare.

    Raises:
        DefinitionError: What is declared is no alarm, or two have one name.
    """
    alarms: dict[str, CloudWatchAlarm] = {}
    for module in modules:
        place = f"{module.__file__}:{_line_of(str(module.__file__), 'ALARMS')}"
        given = getattr(module, "ALARMS", ())
        if not isinstance(given, tuple) or not all(isinstance(each, CloudWatchAlarm) for each in given):
            raise DefinitionError(f"{place}: ALARMS is not a tuple of CloudWatchAlarms; a single one needs a comma")
        for each in given:
            if each.key in alarms:
                raise DefinitionError(f"{place}: two alarms are called {each.key}; name one of them otherwise")
            alarms[each.key] = each
    return tuple(alarms.values())


def load_modules(root: Path, folder: str, *, fresh: bool = True) -> tuple[ModuleType, ...]:
    """The modules of a folder, in the order of their names; those that start with ``_`` are helpers.

    Args:
        root: The estate root.
        folder: One of its folders.
        fresh: Whether everything is read anew; else what they import is what was read last, of this root, too.

    Raises:
        DefinitionError: A file cannot be imported; ``file:line: message``.
    """
    if fresh:
        _EstateFinder.install(root)
    return _modules(root, folder)


def _modules(root: Path, folder: str) -> tuple[ModuleType, ...]:
    """The modules of a folder; what they import was already read where it was since the last ``install``."""
    files = sorted(path for path in (root / folder).glob("*.py") if not path.stem.startswith("_"))
    return tuple(_import(root, folder, path) for path in files)


class _EstateFinder(MetaPathFinder):
    """Finds the modules of one root: what a path entry would do, but before any namesake elsewhere."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @classmethod
    def install(cls, root: Path) -> None:
        """See this root from now on, and forget what was loaded of another or an older one."""
        sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, cls)]
        sys.meta_path.insert(0, cls(root))
        for name in [each for each in sys.modules if each.partition(".")[0] in FOLDERS]:
            del sys.modules[name]

    def find_spec(self, fullname: str, _path: Sequence[str] | None, _target: object = None, /) -> ModuleSpec | None:
        """The module's file under the root; a folder is a package with or without ``__init__.py``."""
        parts = fullname.split(".")
        if parts[0] not in FOLDERS:
            return None
        place = self._root.joinpath(*parts)
        for file, inside in ((place.with_suffix(".py"), None), (place / "__init__.py", [str(place)])):
            if file.is_file():
                loader = _FreshLoader(fullname, str(file))
                return spec_from_file_location(fullname, file, loader=loader, submodule_search_locations=inside)
        if place.is_dir():
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(place)]
            return spec
        raise ModuleNotFoundError(f"no {'/'.join(parts)}.py in {self._root}", name=fullname)


class _FreshLoader(SourceFileLoader):
    """Compiles the source each time: cached bytecode is told apart by whole seconds, too coarse for a reload."""

    def get_code(self, _fullname: str, /) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def _import(root: Path, folder: str, path: Path) -> ModuleType:
    if not path.stem.isidentifier():
        raise DefinitionError(f"{path}:1: rename the file: {path.stem!r} is no name that Python can import")
    try:
        return import_module(f"{folder}.{path.stem}")
    except (Exception, SystemExit) as error:  # a definition is other people's code: whatever it does is told
        raise DefinitionError(f"{_place(root, path, error)}: {_message(error)}") from error


def _place(root: Path, path: Path, error: BaseException) -> str:
    """The last line of a definition that led to the error."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 1}"
    frames = [each for each in extract_tb(error.__traceback__) if Path(each.filename).is_relative_to(root)]
    last = next((each for each in reversed(frames) if _in_folder(root, Path(each.filename))), None)
    return f"{last.filename}:{last.lineno}" if last else f"{path}:1"


def _in_folder(root: Path, path: Path) -> bool:
    return path.relative_to(root).parts[0] in FOLDERS


def _message(error: BaseException) -> str:
    if isinstance(error, DefinitionError):
        return str(error)
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}"


@dataclass(frozen=True, slots=True)
class _Declared:
    """An exporter and where it stands."""

    exporter: Exporter
    place: str


def _declared(modules: Sequence[ModuleType]) -> Iterator[_Declared]:
    for module in modules:
        file, subject = str(module.__file__), module.__name__.rpartition(".")[2]
        one, several = hasattr(module, "EXPORTER"), hasattr(module, "EXPORTERS")
        if one == several:
            wrong = "EXPORTER and EXPORTERS; declare one of them" if one else "no EXPORTER; declare one"
            raise DefinitionError(f"{file}:1: there is {wrong}, or start the file's name with _ if it only helps")
        variable = "EXPORTER" if one else "EXPORTERS"
        place = f"{file}:{_line_of(file, variable)}"
        found = (module.EXPORTER,) if one else module.EXPORTERS
        if not isinstance(found, tuple):
            raise DefinitionError(f"{place}: a tuple of Exporters is expected here, not {type(found).__name__}")
        named = tuple(_checked(each, subject if one else "", place) for each in found)
        setattr(module, variable, named[0] if one else named)  # rules that import it name it in their errors
        yield from (_Declared(each, place) for each in named)


def _checked(found: object, subject: str, place: str) -> Exporter:
    if not isinstance(found, Exporter):
        raise DefinitionError(f"{place}: an Exporter is expected here, not {type(found).__name__}")
    exporter = replace(found, name=found.name or subject)
    if exporter.name in RESERVED:
        raise DefinitionError(f"{place}: the daemon calls something of its own {exporter.name}; name it otherwise")
    if not _NAME.fullmatch(exporter.name):
        raise DefinitionError(f"{place}: an exporter is called {exporter.name!r}; give it a name like ecs_tasks")
    if unknown := sorted(set(exporter.kinds) - KINDS):
        raise DefinitionError(f"{place}: nothing finds {', '.join(unknown)}; known are {', '.join(sorted(KINDS))}")
    return exporter


def _check_distinct(loaded: Sequence[_Declared]) -> None:
    names: dict[str, str] = {}
    families: dict[str, str] = {}
    for each in loaded:
        name = each.exporter.name
        if name in names:
            raise DefinitionError(f"{each.place}: an exporter called {name} is already at {names[name]}")
        names[name] = each.place
        for family in each.exporter.family_names():
            base = family.removesuffix("_total")  # OpenMetrics names a counter's family without it
            if base in families:
                raise DefinitionError(
                    f"{each.place}: {family} is already exported at {families[base]}; declare it in one place"
                )
            families[base] = each.place


def _line_of(file: str, variable: str) -> int:
    for statement in ast.parse(Path(file).read_bytes()).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        if any(isinstance(each, ast.Name) and each.id == variable for each in targets):
            return statement.lineno
    return 1
