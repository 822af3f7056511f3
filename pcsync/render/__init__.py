"""One value in, one renderer each. Imports core only; nothing here reads a file, a clock or the catalog by itself.

``fields`` and ``groups`` say what there is to show, as values; ``text`` says how a terminal shows it. Every text that did not
come from this package passes ``terminal.one_line`` or ``terminal.safe`` first: a description may hold an escape sequence. Each format
then has an escape of its own (``markdown_text``, ``github``, ``azuredevops``, ``junit``, ``sarif``), and what goes to a pipeline's log
passes ``inert``: a manifest from a fork must not be able to give the pipeline orders.
"""
