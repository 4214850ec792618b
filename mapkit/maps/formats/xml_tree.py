"""XML read without risk and written as it was meant: no entities, no declarations, no depth without end."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from xml.parsers import expat

from mapkit.errors import DocumentError

_DEEPEST = 60
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def parse_xml(content: bytes, name: str) -> ET.Element:
    """Return the root of an XML document; names of elements and attributes lose their prefix of a namespace.

    Some exporters write the word "undefined" before the first element; it is passed over.

    Raises
    ------
    DocumentError
        It is not XML (with line and column), declares a document type or an entity, or is nested too deep.
    """
    builder, open_elements = ET.TreeBuilder(), [0]

    def start(tag: str, attributes: dict[str, str]) -> None:
        open_elements[0] += 1
        if open_elements[0] > _DEEPEST:
            raise DocumentError(f"{name} is nested more than {_DEEPEST} levels deep. Flatten the document.")
        builder.start(_local(tag), {_local(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        open_elements[0] -= 1
        builder.end(_local(tag))

    def refuse(*_: object) -> None:
        raise DocumentError(
            f"{name}, line {parser.CurrentLineNumber}: it declares a document type or an entity, which could make it "
            "read other files or grow without end. Remove the line that starts with '<!DOCTYPE'."
        )

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(re.sub(rb"\A(?:\xef\xbb\xbf)?\s*(?:undefined\s*)?(?=<)", b"", content), True)
    except expat.ExpatError as fault:
        said = expat.ErrorString(fault.code)
        raise DocumentError(
            f"{name}, line {fault.lineno}, column {fault.offset + 1}: this is not XML: {said}. "
            "Mind that & in a text is written &amp; and < is written &lt;."
        ) from None
    except LookupError as fault:
        raise DocumentError(f"{name} names an encoding that is not known: {fault}. Save it as UTF-8.") from None
    return builder.close()


def xml_bytes(root: ET.Element, title: str) -> bytes:
    """Return a document as indented XML. Raises DocumentError where a text holds what XML cannot."""
    ET.indent(root)
    # A bare carriage return would come back as a line break.
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True).replace("\r", "&#13;")
    if found := _FORBIDDEN.search(text):
        raise DocumentError(f"{title} cannot hold the character {found[0]!r}, which is in the map. Take it out.")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def add(parent: ET.Element, tag: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    """Put an element below another, with its text, and return it."""
    element = ET.SubElement(parent, tag, attributes)
    element.text = text
    if text is not None and text != text.strip():
        element.set("xml:space", "preserve")
    return element


def text_at(parent: ET.Element | None, path: str) -> str:
    """Return the text of the element at a path, without the blanks around it unless they are to be preserved."""
    found = None if parent is None else parent.find(path)
    if found is None or found.text is None:
        return ""
    return found.text if found.get("space") == "preserve" else found.text.strip()


def _local(name: str) -> str:
    # XES writes concept:name in attributes' values only; names of elements have a prefix where a schema is named.
    return name.rpartition(":")[2]
