"""Who took part in a commit, from the trailers of its message.

Input: a message's body as bytes. Output: roles, in the order of the message.

    Co-authored-by: Bob Example <bob@example.org>     → coauthored
    Reviewed-by: Cleo Example <cleo@example.org>      → reviewed

A trailer counts wherever it begins a line, not only in the last paragraph: squashing a branch leaves the trailers of
its commits in the middle of the message. `Signed-off-by` says where a patch passed through, not who knows it.
"""

from __future__ import annotations

import re

from knowledge.model import Role

KINDS = {
    b"co-authored": "coauthored",
    b"coauthored": "coauthored",
    b"co-developed": "coauthored",
    b"reviewed": "reviewed",
    b"approved": "reviewed",
    b"helped": "reviewed",
    b"mentored": "reviewed",
    b"acked": "acked",
    b"tested": "tested",
    b"reported": "reported",
    b"suggested": "reported",
    b"diagnosed": "reported",
}

_SIGNED = b"Signed-off-by:"
_TRAILER = re.compile(
    rb"^(" + b"|".join(KINDS) + rb")-by:[ \t]*\"?([^<\n]*?)\"?[ \t]*<[ \t]*([^>\n]*?)[ \t]*>",
    re.IGNORECASE | re.MULTILINE,
)


def roles_in(body: bytes) -> list[Role]:
    """The roles that trailers name; a trailer without an address names nobody."""
    if body.count(b"-by:") == body.count(_SIGNED) and b"-By:" not in body:  # most messages by far
        return []
    return [
        Role(KINDS[kind.lower()], text(name), text(email))
        for kind, name, email in _TRAILER.findall(body)
        if name or email
    ]


def text(raw: bytes) -> str:
    """Bytes of a message or name as text: UTF-8, and Latin-1 where it is none (old histories hold both)."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
