"""Who stands beside an AI agent that is the author of a commit: the human whom it names, else the one who committed it.

    author Claude <noreply@anthropic.com>, committer Ann <ann@example.org>  → Ann took part, as a co-author does
    author Copilot, committer GitHub, Co-authored-by: Bo <bo@example.org>   → Bo did, who is named already

Whoever commits what a *human* wrote passes it on: that is no work of theirs.
"""

from __future__ import annotations

from knowledge.model import Role
from knowledge.people import SHARED_ADDRESS, is_agent, not_human


def signed_by_agent(role: Role) -> bool:
    """Whether an AI agent signed this."""
    return is_agent(role.name.strip().lower(), role.email.strip().lower())


def beside_an_agent(roles: tuple[Role, ...], committer: str, address: str) -> tuple[Role, ...]:
    """The roles of a commit whose author is an agent, with its committer where no human is named for the work."""
    named = any(role.kind == "coauthored" and not not_human(role.name, role.email) for role in roles)
    if named or not_human(committer, address) or SHARED_ADDRESS.search(address.lower()):
        return roles
    return (*roles, Role("coauthored", committer, address))
