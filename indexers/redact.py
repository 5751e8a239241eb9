r"""Secrets → "[redacted: AWS access key]", before anything is stored. Pure; the number of lines never changes.

    password = "hunter2-Kx9"          → password = "[redacted: secret]"
    git clone https://me:s3cr3t@host  → git clone https://me:[redacted: password]@host
    SECRET_KEY = "dev"                → stays: a placeholder is no secret

The patterns are those of detect-secrets. It is made for review by people, who wave false alarms through; here nobody
looks, so each pattern is only tried where its tell-tale letters stand (which also makes it fast), and what a variable
called "password" holds must look like one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

# Module and class in detect_secrets.plugins → the letters (in lower case) without which its pattern cannot match.
# A module is only imported where they stand: what it rests on takes 150 ms.
_PLUGINS: dict[str, tuple[str, ...]] = {
    "aws.AWSKeyDetector": ("akia", "asia", "abia", "acca", "a3t", "aws"),
    "azure_storage_key.AzureStorageKeyDetector": ("accountkey=",),
    "cloudant.CloudantDetector": ("cloudant",),
    "github_token.GitHubTokenDetector": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    "gitlab_token.GitLabTokenDetector": ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "gr1348941", "glcbt-",
                                         "glimt-", "glptt-", "glagent-", "gloas-"),
    "ibm_cloud_iam.IbmCloudIamDetector": tuple(
        who + then
        for who in ("ibm", "iam")
        for then in ("_", "-", "cloud", "iam", "api", "key", "pwd", "pass", "token")
    ),
    "ibm_cos_hmac.IbmCosHmacDetector": ("cos_", "cos-", "hmac"),
    "mailchimp.MailchimpDetector": tuple(f"-us{digit}" for digit in range(10)),
    "npm.NpmDetector": (":_authtoken",),
    "openai.OpenAIDetector": ("t3blbkfj",),
    "pypi_token.PypiTokenDetector": ("pypi-age",),
    "sendgrid.SendGridDetector": ("sg.",),
    "slack.SlackDetector": (*(f"xox{letter}-" for letter in "abepors"), "hooks.slack.com"),
    "softlayer.SoftlayerDetector": ("softlayer",),
    "square_oauth.SquareOAuthDetector": ("sq0csp",),
    "stripe.StripeDetector": ("k_live_",),
}  # fmt: skip

# Kinds of key that the library does not know, not all of, or that have no such letters ("": any long run of letters and
# digits may be one): the letters that they cannot do without, and their form.
_NEWER: tuple[tuple[str, str, str], ...] = (
    ("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{60,}"),
    ("Google API key", "aiza", r"AIza[0-9A-Za-z_-]{35}"),
    ("Google OAuth secret", "gocspx-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    ("API key", "sk-", r"\bsk-(?:proj|ant|svcacct|live|or)-[A-Za-z0-9_-]{24,}"),
    ("API key", "gsk_", r"\bgsk_[A-Za-z0-9]{40,}"),
    ("Slack token", "xapp-", r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}"),
    ("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("DigitalOcean token", "_v1_", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    ("JSON web token", "eyj", r"\beyJ[A-Za-z0-9_=-]{8,}\.[A-Za-z0-9_=-]{8,}(?:\.[A-Za-z0-9_+/=-]*)?"),
    ("Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{34,40}\b"),
    ("Vault token", "hv", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    ("Linear API key", "lin_api_", r"\blin_api_[A-Za-z0-9]{40}"),
    ("Docker token", "dckr_", r"\bdckr_[po]at_[A-Za-z0-9_-]{27,}"),
    ("Databricks token", "dapi", r"\bdapi[a-f0-9]{32}(?:-\d)?\b"),
    ("Shopify token", "shp", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    ("Atlassian token", "atatt3", r"\bATATT3[A-Za-z0-9_=-]{100,}"),
    ("Mailgun key", "key-", r"\bkey-[a-f0-9]{32}\b"),
    ("Heroku key", "hrku-", r"\bHRKU-[A-Za-z0-9_-]{36,}"),
    ("Grafana token", "gl", r"\bgl(?:sa_[A-Za-z0-9]{32}_[a-f0-9]{8}|c_[A-Za-z0-9+/]{32,}={0,2})"),
    ("Figma token", "figd_", r"\bfigd_[A-Za-z0-9_-]{36,}"),
    ("Notion token", "ntn_", r"\bntn_[A-Za-z0-9]{40,}"),
    ("New Relic key", "nrak-", r"\bNRAK-[A-Z0-9]{27}\b"),
    ("Postman key", "pmak-", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b"),
    ("PlanetScale token", "pscale_", r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,}"),
    ("RubyGems key", "rubygems_", r"\brubygems_[a-f0-9]{48}\b"),
    ("Sentry token", "sntry", r"\bsntry[su]_[A-Za-z0-9+/=_-]{60,}"),
    ("Stripe secret", "whsec_", r"\bwhsec_[A-Za-z0-9+/]{32,}"),
    ("age key", "age-secret-key-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("Discord bot token", "", r"[MNO][a-zA-Z\d_-]{23,25}\.[a-zA-Z\d_-]{6}\.[a-zA-Z\d_-]{27}"),
    ("Telegram bot token", "", r"\d{8,10}:[0-9A-Za-z_-]{35}"),
    ("Twilio API key", "", r"(?:AC|SK)[a-z0-9]{32}"),
)

_NAMES = (
    "password|passwd|pwd|passphrase|secret|token|api_?key|auth_?key|access_?key|private_?key|account_?key|credential"
)
# The places worth a closer look, all of them cheap to find: a name that says secret and is given something, a password
# in an address, a long run of letters and digits (every provider's keys have one).
_CONTEXT = re.compile(
    r"(?:password|passwd|pwd|passphrase|secret|token|key|credential)\w{0,30}['\"\]]{0,2}\s{0,8}(?:=>|[:=])",
)
# A name that says secret, something that assigns, and a quoted value; or a bare one up to the end, as in env files, and
# behind a mere "=" up to a space.
_VALUE = r"[^\s'\"`<>${}()\[\],;&]{10,300}"
_QUOTED = re.compile(
    rf"(?:{_NAMES})\w{{0,30}}['\"\]]{{0,2}}\s{{0,8}}(?:=>|:=|={{1,3}}|:)\s{{0,8}}[rbuf@]{{0,2}}(['\"`])((?:(?!\1).){{6,300}})\1",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?:{_NAMES})\w{{0,30}}(?:\s{{0,4}}[:=]\s{{0,4}}({_VALUE})\s*$|=({_VALUE})(?=[\s,;&.)]))", re.IGNORECASE
)
_ENV = re.compile(  # an env file's line: nothing else is written like this, so that a value of words counts as well
    r"(?:^|\s)[A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY)[A-Z0-9_]{0,20}=([\w.~!@%^*+-]{8,300})\s*$"
)
_AUTHORIZATION = re.compile(r"\b(?:bearer|basic|token)\s{1,4}['\"]?([A-Za-z0-9._~+/=-]{16,})", re.IGNORECASE)
_IN_URL = re.compile(r"[a-z]://[^\s:/?#\[\]@'\"<>]{0,100}:([^\s:/?#\[\]@'\"<>]{4,200})@", re.IGNORECASE)
_IN_URL_MAYBE = re.compile(r"://[^\s:/?#@]{0,100}:[^\s/@]{4,200}@")
_RUN = re.compile(r"(?<![A-Za-z0-9_+/=-])(?=[A-Za-z_+/=-]*[0-9]|hf_)[A-Za-z0-9_+/=-]{20,}")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?P<body>[A-Za-z0-9+/=\s:,\\.\"'#>|*-]{40,20000}?)"
    r"(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\Z)",
)
_PLACEHOLDER = re.compile(
    r"example|sample|dummy|fake|test|change|replace|insert|your|placeholder|todo|redacted|foobar|secret|passw|token"
    r"|x{4}|\*{3}|\.{3}|…|0{6}|1234|abcd|<|>|\$\{|\{\{|%\(|%s|\bnone\b|\bnull\b|environ|getenv|\w\.\w+\(|://",
    re.IGNORECASE,
)


_ASCII_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


class Found(NamedTuple):
    """Where a secret stands in a line."""

    start: int
    end: int
    kind: str


def redact(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without secrets, and the kinds that were found (sorted, each once). Never raises.

    A text without secrets comes back as the very same value.
    """
    kinds: set[str] = set()
    if "PRIVATE KEY" in text:
        text = _PRIVATE_KEY.sub(lambda match: _blank(match, kinds), text)
    out, at = [], 0
    for start, end in _lines_worth_a_look(text):
        line = text[start:end]
        clean = _without(line, kinds)
        if clean != line:
            out += [text[at:start], clean]
            at = end
    return ("".join([*out, text[at:]]) if out else text), tuple(sorted(kinds))


def _lines_worth_a_look(text: str) -> list[tuple[int, int]]:
    """Where those lines begin and end, in order."""
    lowered = text.lower()  # four times faster than a pattern that ignores case; a few letters change their length
    if len(lowered) != len(text):
        lowered = text.translate(_ASCII_LOWER)
    found: set[tuple[int, int]] = set()
    for expression, within in ((_CONTEXT, lowered), (_IN_URL_MAYBE, lowered), (_RUN, text)):
        end = -1
        for match in expression.finditer(within):
            at = match.end()
            if at > end:
                start = text.rfind("\n", 0, at) + 1
                end = text.find("\n", at)
                end = len(text) if end < 0 else end
                found.add((start, end))
    return sorted(found)


def _patterns(low: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The kinds and patterns that a line in lower case has the letters for."""
    for plugin, hints in _PLUGINS.items():
        if any(hint in low for hint in hints):
            yield from _of_plugin(plugin)
    for kind, hint, form in _NEWER:
        if hint in low:
            yield kind, re.compile(form)  # once: re keeps what it compiled


@cache
def _of_plugin(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    module, _, plugin = name.partition(".")
    detector = getattr(import_module(f"detect_secrets.plugins.{module}"), plugin)()
    return tuple((_kind(detector.secret_type), expression) for expression in detector.denylist)


def _kind(secret_type: str) -> str:
    """A kind in the middle of a sentence: "AWS Access Key" → "AWS access key"."""
    first, *rest = secret_type.split()
    return " ".join([first, *(word.lower() if word.istitle() else word for word in rest)])


def _without(line: str, kinds: set[str]) -> str:
    spans = sorted(_found(line), key=lambda found: (found.start, -found.end))
    out, at = [], 0
    for start, end, kind in spans:
        if start < at:
            continue
        kinds.add(kind)
        out += [line[at:start], f"[redacted: {kind}]"]
        at = end
    return "".join([*out, line[at:]])


def _found(line: str) -> Iterator[Found]:
    if _RUN.search(line):
        low = line.lower()
        for kind, expression in _patterns(low):
            yield from (Found(*_secret_part(match), kind) for match in expression.finditer(line))
        if "authorization" in low:
            yield from (Found(*m.span(1), "secret") for m in _AUTHORIZATION.finditer(line) if looks_random(m[1]))
    if _CONTEXT.search(line.lower()):
        yield from (Found(*m.span(2), "secret") for m in _QUOTED.finditer(line) if looks_secret(m[2]))
        yield from (
            Found(*m.span(m.lastindex or 1), "secret")
            for m in _BARE.finditer(line)
            if looks_random(m[m.lastindex or 1])
        )
        yield from (Found(*m.span(1), "secret") for m in _ENV.finditer(line) if looks_given(m[1]))
    if "://" in line:
        yield from (Found(*m.span(1), "password") for m in _IN_URL.finditer(line) if looks_secret(m[1]))


def _secret_part(match: re.Match[str]) -> tuple[int, int]:
    """The group that holds the secret, where a pattern has one around its context; else all of the match."""
    groups = [match.span(number) for number in range(1, (match.re.groups or 0) + 1) if match[number]]
    longest = max(groups, key=lambda span: span[1] - span[0], default=match.span())
    return longest if longest[1] - longest[0] >= 16 else match.span()


def looks_secret(value: str) -> bool:
    """Whether a quoted value could be a password: one word of mixed letters, digits and signs, no placeholder."""
    if len(value) < 6 or any(letter.isspace() for letter in value) or _PLACEHOLDER.search(value):
        return False
    if re.fullmatch(r"[A-Za-z_.:/-]+|[\d.:/-]+", value) or re.fullmatch(r"[a-z]+(?:[_.-][a-z0-9]+)*", value):
        return _entropy(value) > 4.2 and len(value) >= 32
    return any(letter.isdigit() for letter in value) or _entropy(value) > 3.5


def looks_random(value: str) -> bool:
    """Whether a bare value is more random than names and prose are: letters and digits mixed, many different ones."""
    return looks_given(value) and _entropy(value) > 3.3 and not re.search(r"[a-z]{9}", value)


def looks_given(value: str) -> bool:
    """Whether the value of an env file's line is a secret: no placeholder, and more than words."""
    return looks_mixed(value) and looks_secret(value)


def looks_mixed(value: str) -> bool:
    """Whether letters and digits stand in it."""
    return any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value)


def _entropy(value: str) -> float:
    """Shannon entropy of the letters, in bits."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _blank(match: re.Match[str], kinds: set[str]) -> str:
    if not _RUN.search(match["body"]):
        return match[0]
    kinds.add("private key")
    return "[redacted: private key]" + "\n" * match[0].count("\n")
