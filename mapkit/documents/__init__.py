"""YAML and JSON documents: read with the line of every fault, held against a schema, written whole or not at all."""

from mapkit.documents.parsing import Parsed
from mapkit.documents.reading import parse_document, parse_placed, read_document, read_placed, text_of
from mapkit.documents.revising import form_of, revise, write_revised
from mapkit.documents.schemas import packaged_schema
from mapkit.documents.validation import check_document
from mapkit.documents.whole_files import alone_with, write_whole
from mapkit.documents.writing import to_yaml, write_document, write_text

__all__ = [
    "Parsed",
    "alone_with",
    "check_document",
    "form_of",
    "packaged_schema",
    "parse_document",
    "parse_placed",
    "read_document",
    "read_placed",
    "revise",
    "text_of",
    "to_yaml",
    "write_document",
    "write_revised",
    "write_text",
    "write_whole",
]
