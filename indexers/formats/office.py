"""Word, PDF and slides, turned into Markdown by markitdown (the extra `documents`), then read as Markdown.

Lines are those of the converted text: the file itself has none that a person could open.
"""

from __future__ import annotations

import io
import logging
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from indexers.formats import markdown
from indexers.formats.page import Page


class ConverterMissingError(Exception):
    """The extra `documents` is not installed."""


class UnreadableError(Exception):
    """The file is damaged, encrypted, or not what its name says."""


@cache
def _converter() -> Any:
    try:
        from markitdown import MarkItDown
        from markitdown.converters import DocxConverter, PdfConverter, PptxConverter
    except ImportError as error:
        raise ConverterMissingError from error
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font
    converter = MarkItDown(enable_builtins=False)  # its plain-text converter would take a damaged PDF for prose
    for kind in (DocxConverter, PdfConverter, PptxConverter):
        converter.register_converter(kind())
    return converter


def parse_bytes(path: str, data: bytes) -> Page:
    """The page.

    Raises:
        ConverterMissingError: without the extra.
        UnreadableError: whatever the converter stumbled over.
    """
    converter = _converter()
    try:
        converted = converter.convert_stream(io.BytesIO(data), file_extension=PurePosixPath(path).suffix.lower())
    except Exception as error:  # converters of three formats raise whatever their parsers do
        if type(error).__name__ == "MissingDependencyException":
            raise ConverterMissingError from error
        raise UnreadableError(str(error)) from error
    page = markdown.parse(converted.markdown)
    return page._replace(title=page.title or (converted.title or "").strip())
