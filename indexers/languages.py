"""What each language calls its parts: the node types of its tree-sitter grammar that are symbols, and how they wrap.

A new language is one entry here and its grammar in pyproject.toml. Grammars are imported when the first such file
comes by.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser


@dataclass(frozen=True, slots=True)
class Language:
    """Node types of one grammar, by what they are to a reader."""

    grammar: str  # the module
    symbols: frozenset[str]  # functions, methods, types without members of their own
    holders: frozenset[str] = frozenset()  # classes, modules: symbols with symbols in them
    wrappers: frozenset[str] = frozenset()  # around one symbol and part of it: decorators, export, template
    around: frozenset[str] = frozenset()  # around many and no part of their names: #ifdef, extern "C", blocks
    bindings: frozenset[str] = frozenset()  # may give a name to a function: const f = () => …
    above: frozenset[str] = frozenset({"comment"})  # what stands above a symbol and belongs to it
    imports: frozenset[str] = frozenset()  # what nobody searches for
    has_blocks: bool = False  # tests and groups of them are calls with a sentence (blocks.py)
    ascii_only: bool = False  # its scanner reads beyond a table for other characters, and may die of it
    entry: str = "language"
    separator: str = "."


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JAVASCRIPT = Language(
    "tree_sitter_javascript",
    symbols=_words(
        "function_declaration generator_function_declaration method_definition abstract_method_signature"
        " interface_declaration type_alias_declaration enum_declaration function_signature"
    ),
    holders=_words("class_declaration abstract_class_declaration internal_module module"),
    wrappers=_words("export_statement ambient_declaration"),
    around=_words("class_body statement_block expression_statement"),
    bindings=_words(
        "lexical_declaration variable_declaration assignment_expression field_definition public_field_definition"
    ),
    above=_words("comment decorator"),
    imports=_words("import_statement"),
    has_blocks=True,
)
_C = Language(
    "tree_sitter_c",
    symbols=_words(
        "function_definition type_definition struct_specifier union_specifier enum_specifier preproc_function_def"
    ),
    around=_words("preproc_ifdef preproc_if preproc_else preproc_elif linkage_specification declaration_list"),
    imports=_words("preproc_include"),
)

LANGUAGES: dict[str, Language] = {
    "python": Language(
        "tree_sitter_python",
        symbols=_words("function_definition"),
        holders=_words("class_definition"),
        wrappers=_words("decorated_definition"),
        around=_words("block if_statement try_statement else_clause except_clause"),
        imports=_words("import_statement import_from_statement future_import_statement"),
    ),
    "javascript": _JAVASCRIPT,
    "typescript": replace(_JAVASCRIPT, grammar="tree_sitter_typescript", entry="language_typescript"),
    "tsx": replace(_JAVASCRIPT, grammar="tree_sitter_typescript", entry="language_tsx"),
    "go": Language(
        "tree_sitter_go",
        symbols=_words("function_declaration method_declaration type_declaration"),
        imports=_words("import_declaration package_clause"),
    ),
    "rust": Language(
        "tree_sitter_rust",
        symbols=_words(
            "function_item function_signature_item struct_item enum_item union_item type_item macro_definition"
            " const_item static_item"
        ),
        holders=_words("impl_item trait_item mod_item"),
        around=_words("declaration_list foreign_mod_item"),
        above=_words("line_comment block_comment attribute_item"),
        imports=_words("use_declaration extern_crate_declaration"),
        separator="::",
    ),
    "java": Language(
        "tree_sitter_java",
        symbols=_words(
            "method_declaration constructor_declaration compact_constructor_declaration annotation_type_declaration"
        ),
        holders=_words("class_declaration interface_declaration enum_declaration record_declaration"),
        around=_words("class_body interface_body enum_body enum_body_declarations"),
        above=_words("line_comment block_comment"),
        imports=_words("import_declaration package_declaration"),
    ),
    "c": _C,
    "cpp": Language(
        "tree_sitter_cpp",
        symbols=_C.symbols - {"struct_specifier"} | _words("alias_declaration concept_definition"),
        holders=_words("class_specifier struct_specifier namespace_definition"),
        wrappers=_words("template_declaration"),
        around=_C.around | {"field_declaration_list"},
        imports=_C.imports | {"using_declaration"},
        separator="::",
    ),
    "csharp": Language(
        "tree_sitter_c_sharp",
        symbols=_words(
            "method_declaration constructor_declaration property_declaration enum_declaration delegate_declaration"
            " operator_declaration"
        ),
        holders=_words(
            "class_declaration interface_declaration struct_declaration record_declaration namespace_declaration"
        ),
        around=_words("declaration_list file_scoped_namespace_declaration"),
        imports=_words("using_directive"),
    ),
    "ruby": Language(
        "tree_sitter_ruby",
        symbols=_words("method singleton_method"),
        holders=_words("class module singleton_class"),
        around=_words("body_statement"),
        has_blocks=True,
    ),
    "php": Language(
        "tree_sitter_php",
        entry="language_php",
        symbols=_words("function_definition method_declaration"),
        holders=_words("class_declaration interface_declaration trait_declaration enum_declaration"),
        around=_words("declaration_list enum_declaration_list namespace_definition compound_statement"),
        above=_words("comment attribute_list"),
        imports=_words("namespace_use_declaration php_tag"),
    ),
    "bash": Language("tree_sitter_bash", symbols=_words("function_definition"), has_blocks=True, ascii_only=True),
    "kotlin": Language(
        "tree_sitter_kotlin",
        symbols=_words("function_declaration secondary_constructor type_alias"),
        holders=_words("class_declaration object_declaration companion_object"),
        around=_words("class_body enum_class_body"),
        above=_words("line_comment block_comment"),
        imports=_words("import package_header"),
    ),
    "scala": Language(
        "tree_sitter_scala",
        symbols=_words("function_definition function_declaration type_definition given_definition"),
        holders=_words("class_definition object_definition trait_definition enum_definition package_object"),
        around=_words("template_body enum_body"),
        above=_words("comment block_comment annotation"),
        imports=_words("import_declaration package_clause"),
    ),
    "swift": Language(
        "tree_sitter_swift",
        symbols=_words("function_declaration init_declaration protocol_function_declaration typealias_declaration"),
        holders=_words("class_declaration protocol_declaration"),
        around=_words("class_body protocol_body enum_class_body"),
        above=_words("comment multiline_comment"),
        imports=_words("import_declaration"),
    ),
    "lua": Language(
        "tree_sitter_lua",
        symbols=_words("function_declaration"),
        bindings=_words("assignment_statement variable_declaration"),
    ),
    "perl": Language(
        "tree_sitter_perl",
        symbols=_words("subroutine_declaration_statement method_declaration_statement"),
        holders=_words("class_statement"),
        around=_words("block"),
        above=_words("comment pod"),
        imports=_words("use_statement"),
        separator="::",
    ),
    "elixir": Language(
        "tree_sitter_elixir", symbols=frozenset(), above=_words("comment unary_operator"), has_blocks=True
    ),
}

_BY_SUFFIX = {
    ".py": "python", ".pyi": "python", ".pyw": "python",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".jsx": "javascript", ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx", ".go": "go",
    ".rs": "rust", ".java": "java", ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".hpp": "cpp",
    ".hh": "cpp", ".hxx": "cpp", ".cs": "csharp", ".rb": "ruby", ".rake": "ruby", ".gemspec": "ruby", ".php": "php",
    ".sh": "bash", ".bash": "bash", ".zsh": "bash", ".bats": "bash", ".kt": "kotlin", ".kts": "kotlin",
    ".scala": "scala", ".sc": "scala", ".swift": "swift", ".lua": "lua", ".pl": "perl", ".pm": "perl", ".perl": "perl",
    ".ex": "elixir", ".exs": "elixir",
}  # fmt: skip
_BY_NAME = {"rakefile": "ruby", "gemfile": "ruby", "vagrantfile": "ruby", "podfile": "ruby", "fastfile": "ruby",
            "dangerfile": "ruby", "sconstruct": "python", "wscript": "python"}  # fmt: skip
_BY_SHEBANG = {"python": "python", "sh": "bash", "bash": "bash", "zsh": "bash", "dash": "bash", "node": "javascript",
               "ruby": "ruby", "perl": "perl", "php": "php", "lua": "lua", "elixir": "elixir"}  # fmt: skip

# Text that people write and look for, without symbols that we know: read as plain pieces.
PLAIN_SUFFIXES = _words(
    ".yml .yaml .toml .ini .cfg .conf .config .properties .env .json .jsonc .json5 .sql .proto .graphql .gql .thrift"
    " .avsc .tf .tfvars .hcl .nix .bzl .bazel .cmake .gradle .groovy .mk .mak .make .am .ac .m4 .css .scss .sass .less"
    " .vue .svelte .astro .erb .haml .slim .hbs .ejs .liquid .j2 .jinja .jinja2 .tmpl .tpl .mustache .twig .html .htm"
    " .xml .xsd .xsl .plist .csproj .props .targets .r .jl .hs .ml .mli .fs .fsx .clj .cljs .edn .erl .hrl .dart .zig"
    " .nim .d .v .vhdl .sv .m .mm .f .f90 .f95 .asm .s .el .lisp .scm .rkt .tcl .awk .sed .ps1 .psm1 .bat .cmd .fish"
    " .vim .pas .ada .adb .ads .cob .sol .cu .cl .glsl .hlsl .wgsl .cocci .build .rules .service .txt .xhtml .rego"
    " .cue .dhall .feature .prisma .puml .mmd .mermaid .dot .gv .tex .bib .org .pod .in .sample"
)
PLAIN_NAMES = _words(
    "makefile gnumakefile dockerfile containerfile jenkinsfile procfile brewfile justfile taskfile caddyfile tiltfile"
    " build workspace meson.build kconfig codeowners .gitlab-ci.yml .travis.yml .pre-commit-config.yaml"
)
_CONTAINERFILES = ("dockerfile.", "containerfile.", "makefile.", "jenkinsfile.")


def language_of(path: str) -> str | None:
    """The key in `LANGUAGES` of a path, by its name alone."""
    pure = PurePosixPath(path)
    return _BY_NAME.get(pure.name.lower()) or _BY_SUFFIX.get(pure.suffix.lower())


def is_plain(path: str) -> bool:
    """Whether a path is text that is read in plain pieces."""
    name = PurePosixPath(path).name.lower()
    return PurePosixPath(name).suffix in PLAIN_SUFFIXES or name in PLAIN_NAMES or name.startswith(_CONTAINERFILES)


def is_script_name(path: str) -> bool:
    """Whether only the first line of the file can say what it is: a name without a suffix."""
    name = PurePosixPath(path).name
    return "." not in name and name == name.lower()


def language_of_script(first_line: str) -> str | None:
    """The key in `LANGUAGES` that a line like `#!/usr/bin/env python3` names."""
    if not first_line.startswith("#!"):
        return None
    words = [word.rpartition("/")[2] for word in first_line[2:].split() if not word.startswith("-")]
    program = words[1] if len(words) > 1 and words[0] == "env" else words[0] if words else ""
    return _BY_SHEBANG.get(program.rstrip("0123456789."))


@cache
def parser_of(language: str) -> Parser:
    """The parser of a language; grammars whose modules still hand over a bare pointer work too."""
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser

    known = LANGUAGES[language]
    pointer = getattr(import_module(known.grammar), known.entry)()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return Parser(Grammar(pointer))
