#!/bin/sh
# `lamp`: a Python start without `site`, which costs a quarter of it, and without collecting garbage; bot/cli.py
# makes up for both where more than a quick answer is asked for. -P: a folder `bot` where one happens to stand is not
# ours. The packages lie beside this script's Python, or where a checkout's .pth says. Where the locale is one of UTF-8,
# Python's UTF-8 mode reads the arguments no other way, but sooner.
here=$0
[ -h "$here" ] && here=$(readlink -f "$here")
utf8=
case ${LC_ALL:-${LC_CTYPE:-$LANG}} in *.UTF-8 | *.utf8) utf8="-X utf8" ;; esac
exec "${here%/*}/python" -P -S $utf8 -c '
import gc, sys
gc.disable()
place = "%s/../lib/python%d.%d/site-packages" % (sys.executable.rpartition("/")[0], *sys.version_info[:2])
try:
    with open(place + "/_editable_impl_lamplighter.pth", encoding="utf-8") as file:
        sys.path.append(file.readline().strip())
except OSError:
    sys.path.append(place)
from bot.cli import main
sys.exit(main())
' "$@"
