"""The report of a run as one HTML file: no network, no framework, everything in it escaped by one function (``markup``)."""

from pcsync.render.html.page import report_html

__all__ = ["report_html"]
