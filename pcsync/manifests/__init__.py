"""Manifests: from YAML files in a repository to resolved documents, with the way back from every value to its line.

parse → ``$file`` bases → overlays → ``${variables}`` → schema gate → facts about files and secrets. Nothing here imports pydantic,
an HTTP client or a kind: ``validate`` starts in a tenth of a second.
"""
