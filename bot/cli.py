"""The command line: `lamplighter`, short `lamp`. One file a command in `bot/commands/`, imported when it is called.

Exit codes: 0 answered, 1 a mistake of the caller (one sentence on stderr), 2 abstained, 3 a fault (with an id).
"""

from __future__ import annotations

import sys

# Every command with its line of `lamp --help`; the word is the name of its file.
COMMANDS = {
    "chat": "index a repository and talk to it, here in the terminal",
    "ask": 'one question, one answer: lamp ask "how do I deploy?"',
    "last": "who last touched a file, directory or line: lamp last src/app.py:120",
    "who": "who knows a path or topic now, and why: lamp who src/auth",
    "search": "the passages that match best, with path and lines",
    "refresh": "what changed since you last knew a path: lamp refresh src/auth",
    "tour": "where to start when you are new, or in one area: lamp tour src/auth",
    "stale": "which areas are going stale, and one step for each",
    "away": "what would go dark while somebody is away: lamp away Ann",
    "report": "the weekly report: risks, three steps; lamp report accept AREA",
    "index": "read what is new in history, docs and code",
    "people": "everybody the history knows, and which names are one person",
    "nudge": "whom to bring together about what, and why; nothing is sent",
    "wiki": "pages that are due, and answers that become pages: lamp wiki new",
    "requests": "questions that want a person: who took what, claim, answer",
    "serve": "run the bot where it has tokens, and keep the index fresh",
    "backtest": "how right it would have been on your own past, how sure it can be",
    "doctor": "check everything a support person would ask for",
}

_HELP = """\
usage: lamp COMMAND [options]

Keeps a team's knowledge lit: who knows what, how and why, with evidence.

{commands}

Most take --json, --as-of DATE, --config FILE; `lamp COMMAND --help` tells all.
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    try:
        return _main(argv)
    except KeyboardInterrupt:  # so early that no command has begun
        return 130


def _readable(word: str) -> str:
    r"""A word of the command line; bytes that are no UTF-8 stand as `\xe9`, as in names of files that were read."""
    return word if word.isascii() else word.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _main(argv: list[str] | None) -> int:
    args = [_readable(word) for word in (sys.argv[1:] if argv is None else argv)]
    _ready_streams()
    if args[:1] == ["last"]:
        code = _quick(args[1:])
        if code is not None:
            return code
    _whole_python()
    _small_process(args[0] if args else "")
    if not args or args[0] in ("-h", "--help", "help"):
        print(_HELP.format(commands="\n".join(f"  {name:<8} {line}" for name, line in COMMANDS.items())), end="")
        return 0
    if args[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"lamplighter {version('lamplighter')}")
        return 0
    if args[0] not in COMMANDS:
        return _unknown(args[0])
    from bot.commands import run

    return run(args[0], args[1:])


def _quick(arguments: list[str]) -> int | None:
    """The plain case of `lamp last`; None where the whole command has to answer, or to say what is wrong."""
    started_lean = bool(sys.flags.no_site)  # by bot/lamp.sh
    pack = _unpacked() if started_lean else None
    from bot.quick import last

    try:
        code = last(arguments)
        sys.stdout.flush()
    except Exception:  # noqa: BLE001  (the whole command meets the same trouble, and has words for it)
        return None
    if code is not None and started_lean:
        from posix import _exit

        if pack is None and not sys.dont_write_bytecode:
            from bot.packed import keep_quick

            keep_quick()
        _exit(code)  # a reader leaves nothing to tidy up
    return code


def _unpacked() -> object:
    """Let the modules of the quick way come from their pack; None where it does not hold what they are now."""
    from bot.packed import read

    pack = read()
    if pack is not None:
        sys.meta_path.insert(0, pack)
    return pack


def _ready_streams() -> None:
    """Where the terminal's encoding lacks a letter, a question mark; where a stream is closed, nowhere."""
    if sys.stdout is None or sys.stderr is None or sys.stdin is None:
        import os
    if sys.stdout is None or sys.stderr is None:
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (until the process ends)
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if getattr(stream, "errors", "") in ("strict", "surrogateescape"):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _whole_python() -> None:
    """What bot/lamp.sh started Python without: site packages, the environment's prefix, the collector of garbage."""
    if sys.flags.no_site:
        import gc
        import site

        gc.enable()
        site.main()


def _small_process(command: str) -> None:
    """What keeps a start short; whoever starts this process may have said otherwise.

    Only small matrices are multiplied here. BLAS would start a thread for each core as it is imported, which costs a
    cold answer 40 ms of CPU and a serving process their memory. And a process that answers once has next to no garbage:
    looking for it while modules are imported costs another 40 ms.
    """
    import gc
    import os

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if command in {"ask", "last", "who", "search"}:
        gc.set_threshold(100_000, 20, 50)


def _unknown(word: str) -> int:
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=0.5)
    cure = f"Did you mean `lamp {near[0]}`?" if near else "`lamp --help` lists the commands."
    print(f"lamp: there is no command {word!r}. {cure}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
