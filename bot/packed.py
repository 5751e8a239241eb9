"""The modules of the quick way of `lamp last`, compiled, in one file: to find and read them one by one costs 2 ms.

It is kept as Python keeps a .pyc: in `__pycache__`, under the name of this Python's bytecode, with the time and size of
every source, so that after an upgrade or an edit it is not taken but made anew, by the next run that had to go without.
Where it cannot be written, modules come the ordinary way.
"""

from __future__ import annotations

import marshal
import posix
import sys
from _frozen_importlib import ModuleSpec  # as importlib.machinery has them, whose import costs more than it saves
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

    Packed = dict[str, tuple[str, int, int, bytes]]  # by name: source, its time (ns) and size, the compiled module

PACKAGES = ("bot.", "indexers.", "knowledge.")
FILE = f"{__file__.rpartition('/')[0]}/__pycache__/quick.{sys.implementation.cache_tag}.pack"
_PACKAGE = "/__init__.py"


class _Loader(SourceFileLoader):
    """Loads a module as from its file, but for the bytecode."""

    bytecode = b""

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return marshal.loads(self.bytecode)  # type: ignore[no-any-return]  # noqa: S302  (ours, as a .pyc is)

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = self.path  # here, as a spec that has it looks for a .pyc, too
        exec(self.get_code(module.__name__), module.__dict__)  # noqa: S102


class Pack:
    """Finds what was packed; everything else is left to those who come after."""

    def __init__(self, packed: Packed) -> None:
        self.packed = packed

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002
        """How to load a module of the pack; None for any other."""
        if name not in self.packed:
            return None
        source = self.packed[name][0]
        loader = _Loader(name, source)
        loader.bytecode = self.packed[name][3]
        spec = ModuleSpec(name, loader, origin=source, is_package=source.endswith(_PACKAGE))
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(source[: -len(_PACKAGE)])
        return spec


def read(file: str = FILE) -> Pack | None:
    """The pack, where there is one and it holds what the sources say now."""
    try:
        with open(file, "rb") as opened:  # noqa: PTH123
            form, packed = marshal.loads(opened.read())  # noqa: S302  (`load` asks for it byte by byte)
        fresh = form == _form() and all(_when(one[0]) == one[1:3] for one in packed.values())
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return Pack(packed) if fresh else None


def keep_quick() -> bool:
    """Pack everything that `lamp last` may need on its quick way; whether it could be written."""
    import bot.quick  # noqa: F401
    import knowledge.insight  # noqa: F401

    return keep()


def keep(file: str = FILE) -> bool:
    """Pack what is loaded of our packages; whether it could be written."""
    packed: Packed = {}
    for name, module in list(sys.modules.items()):
        spec = module.__spec__ if f"{name}.".startswith(PACKAGES) else None
        if spec is not None and spec.origin is not None and spec.loader is not None:
            code = spec.loader.get_code(name)  # type: ignore[attr-defined]
            packed[name] = (spec.origin, *_when(spec.origin), marshal.dumps(code))
    beside = f"{file}.{posix.getpid()}"
    try:
        with open(beside, "wb") as opened:  # noqa: PTH123
            marshal.dump((_form(), packed), opened)
        posix.replace(beside, file)
    except OSError:
        return False
    return True


def _form() -> tuple[bytes, int]:
    return MAGIC_NUMBER, sys.flags.optimize


def _when(source: str) -> tuple[int, int]:
    found = posix.stat(source)
    return found.st_mtime_ns, found.st_size
