"""A page by its elements and texts, without what is long or depends on the machine: scripts, styles, pictures, paths of drawings."""

from __future__ import annotations

from html.parser import HTMLParser

KEPT = ("id", "class", "href", "open", "role", "aria-label", "alt")
SILENT = {"script", "style", "svg"}
VOID = {"img", "input", "meta", "br"}
INLINE = {"span", "strong", "code", "small", "del", "ins", "a", "b"}


class Outline(HTMLParser):
    """One line for each element: its depth, name, attributes and own text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not SILENT & set(self.open) and tag != "meta":
            said = "".join(f" {name}={value}" if value else f" {name}" for name, value in attrs if name in KEPT or name.startswith("data-"))
            self.lines.append(f"{'  ' * len(self.open)}{tag}{said}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and not SILENT & set(self.open):
            self.lines[-1] += f" | {' '.join(data.split())}"


def outline(page: str) -> str:
    """The lines of a page."""
    parser = Outline()
    parser.feed(page)
    assert parser.open == []
    return "\n".join(parser.lines) + "\n"
