"""XML of which every tag knows the line where it begins, so that a fault can be told with it."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat


def parse(text: str) -> tuple[Element, dict[Element, int]]:
    """The outermost tag, and the line of each, counted from 1. Raises expat.ExpatError, which knows its line, too."""
    builder, lines = TreeBuilder(), dict[Element, int]()
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        lines[builder.start(name, attributes)] = parser.CurrentLineNumber

    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(text, True)
    return builder.close(), lines
