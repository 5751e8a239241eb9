"""What modules on the path of `lamp last` take from `typing` and `sqlite3`, without the 10 ms that both cost.

Type checkers see typing's own. At run time a `NamedTuple` gets its fields here, and its constructor is compiled when it
is called often, or with names or defaults: most of the nouns that a question from the shell imports, it makes a few of.
A test holds it against typing's.
"""

from __future__ import annotations

from _collections import _tuplegetter  # type: ignore[import-not-found]  # what collections.namedtuple builds on

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from typing import NamedTuple as NamedTuple
    from typing import Protocol as Protocol

    sqlite_connect = sqlite3.connect
else:

    def _sqlite_connect():
        """`sqlite3.connect`, from the C module alone; sqlite3 itself imports datetime and collections: 4 ms.

        The C module asks functools for the cache of its statements, which is all of functools: 2 ms. Where nobody has
        imported that yet, it finds the very cache that functools would have made; then the name is free again.
        """
        import sys

        if "functools" in sys.modules:
            from _sqlite3 import connect
        else:
            from _functools import _lru_cache_wrapper

            stand_in = sys.modules["functools"] = type(sys)("functools")
            stand_in.lru_cache = lambda size: lambda made: _lru_cache_wrapper(made, size, False, None)
            try:
                from _sqlite3 import connect
            finally:
                del sys.modules["functools"]
        return connect

    sqlite_connect = _sqlite_connect()
    Protocol = object

    class _Named(type):
        """Makes a tuple with named fields of a class body with annotations."""

        def __new__(cls, name, bases, body):
            if not bases:  # NamedTuple itself
                return super().__new__(cls, name, (tuple,), {"__slots__": (), **body})
            if hasattr(bases[0], "_fields"):  # a class of one of ours: nothing new
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            made = {"__slots__": (), "__match_args__": fields, "_fields": fields, "_field_defaults": defaults, **body}
            made.update((field, _tuplegetter(at, field)) for at, field in enumerate(fields))
            return super().__new__(cls, name, (bases[0],), made)

    _calls = {}
    SELDOM = 20  # calls; a constructor is worth its compiling, 80 µs, from then on

    class NamedTuple(metaclass=_Named):
        """See the module."""

        def __new__(cls, *args, **named):
            calls = _calls[cls] = _calls.get(cls, 0) + 1
            if calls > SELDOM or named or len(args) != len(cls._fields):
                _compile(cls)
                return cls(*args, **named)
            return tuple.__new__(cls, args)

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **changes):
            return type(self)(**{**self._asdict(), **changes})

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            said = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({said})"

        def __getnewargs__(self):
            return tuple(self)

    def _compile(cls):
        """Give a class the constructor that collections.namedtuple would have given it."""
        fields, defaults = cls._fields, cls._field_defaults
        listed = "".join(f"{field}, " for field in fields)
        source = f"lambda _cls, {listed}: _new(_cls, ({listed}))"
        made = eval(source, {"_new": tuple.__new__, "__builtins__": {}})  # noqa: S307  (our own field names)
        made.__defaults__ = tuple(defaults.values())
        made.__name__, made.__qualname__ = "__new__", f"{cls.__qualname__}.__new__"
        cls.__new__ = staticmethod(made)
