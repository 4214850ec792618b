"""YAML and JSON documents: read with the line of every fault, held against a schema, written whole or not at all."""

from mapkit.documents.reading import parse_document, read_document
from mapkit.documents.schemas import packaged_schema
from mapkit.documents.validation import check_document
from mapkit.documents.whole_files import write_whole
from mapkit.documents.writing import to_yaml, write_document

__all__ = [
    "check_document",
    "packaged_schema",
    "parse_document",
    "read_document",
    "to_yaml",
    "write_document",
    "write_whole",
]
