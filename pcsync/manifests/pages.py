"""What is said about each thing that reading can find wrong, before any rule is asked: YAML, files, shapes, overlays, secrets.

``pcsync explain`` and SARIF take it from here. ``bad`` and ``good`` are lines of a Collection manifest, where those show it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One rule id of reading: its title, why it matters, and lines that show it; ``warns`` says that it stops nothing."""

    id: str
    title: str
    why: str
    bad: str = ""
    good: str = ""
    warns: bool = False


PAGES = (
    Page(
        "yaml-syntax",
        "a file that is not YAML",
        "Nothing of the file can be trusted from there on. Look at indentation, quotes and brackets of that line and the one above.",
        "mosaics: [\nqueryables: []",
        "mosaics: []\nqueryables: []",
    ),
    Page(
        "yaml-tab",
        "a tab where YAML wants blanks",
        "YAML indents by blanks; a tab may look like any number of them.",
        "tileSettings:\n\tminZoom: 4",
        "tileSettings:\n  minZoom: 4\n  maxItemsPerTile: 35",
    ),
    Page(
        "yaml-duplicate-key",
        "a key that stands twice in one object",
        "YAML readers disagree about which one counts, so one of the two values would be lost without a word.",
        "mosaics: []\nmosaics: []",
        "mosaics: []",
    ),
    Page(
        "yaml-octal",
        "a number with a leading zero",
        "010 is eight to YAML 1.1, ten to YAML 1.2, and often an id that was meant as text. Quote it, or drop the zero.",
        "stac: {title: 010}",
        'stac: {title: "010"}',
    ),
    Page(
        "yaml-ambiguous-number",
        "a number that readers of YAML take differently",
        "1_000, 12:30 and the like are numbers to some readers and text to others. Quote it, or write the digits alone.",
        "tileSettings: {minZoom: 4, maxItemsPerTile: 1_000}",
        "tileSettings: {minZoom: 4, maxItemsPerTile: 1000}",
    ),
    Page(
        "yaml-integer-too-large",
        "a whole number beyond 64 bits",
        "JSON readers round such numbers silently. Quote it if it is an id.",
        "stac: {title: 123456789012345678901234567890}",
        'stac: {title: "123456789012345678901234567890"}',
    ),
    Page(
        "yaml-not-finite",
        "a number that JSON cannot hold",
        "Infinity and NaN do not exist in JSON, which is what the catalog is sent.",
        "stac: {gsd: .inf}",
        "stac: {gsd: 10}",
    ),
    Page(
        "yaml-key-not-text",
        "a key that is not text",
        "JSON has text keys only; 1, true and null would have to be guessed about. Quote the key.",
        "stac: {1: one}",
        'stac: {"1": one}',
    ),
    Page(
        "yaml-merge-key",
        "a merge key that does not take a mapping",
        "<<: copies the keys of another mapping, or of a list of mappings.",
        "stac: {<<: 3}",
    ),
    Page(
        "yaml-alias",
        "an alias of no anchor",
        "*name repeats what &name stands before, in the same document. A text that begins with * needs quotes.",
        "stac: {title: *name}",
        'stac: {title: "*name"}',
    ),
    Page("yaml-alias-bomb", "aliases that repeat too many values", "A few lines of aliases can stand for billions of values."),
    Page(
        "yaml-tag",
        "a YAML tag",
        "A tag makes a value mean what only one program knows.",
        "stac: {title: !date 2022}",
        'stac: {title: "2022"}',
    ),
    Page("yaml-version", "a file that asks for YAML 1.1", "There on is true and 010 is eight; manifests are YAML 1.2 everywhere."),
    Page("yaml-too-deep", "values that are nested too deep", "No manifest needs that; it is a bracket that is never closed, or an attack."),
    Page("yaml-encoding", "a file that is not UTF-8", "Names would come out wrong on another machine. Save the file as UTF-8."),
    Page(
        "yaml-control-character",
        "a character that cannot be seen",
        "It comes from a copy out of another program, and makes two names differ that look the same.",
        "stac: {title: a\x08b}",
        "stac: {title: ab}",
    ),
    Page("json-syntax", "a file that is not JSON", "A file named .json is read as JSON, strictly: double quotes, no comments."),
    Page(
        "json-comment",
        "a // comment in JSON",
        "JSON has no comments, and in YAML they begin with #. Text behind // would become part of the value.",
        "stac: {\n  title: Example, // what people see\n  license: CC-BY-4.0\n}",
        "stac: {\n  title: Example,  # what people see\n  license: CC-BY-4.0\n}",
    ),
    Page("json-trailing-comma", "a comma behind the last member in JSON", "JSON has none there. In YAML it is allowed."),
    Page("file-missing", "a file that is not there", "Paths are relative to the file that names them, below the project's folder."),
    Page("file-outside", "a file outside the project", "A manifest may not reach what is not in the repository; symbolic links count too."),
    Page("file-cycle", "files that name each other", "A $file that leads back to itself never ends."),
    Page("file-type", "a file of a kind that cannot stand there", "A $file is JSON, YAML or, as a text, Markdown or plain text."),
    Page("file-unreadable", "a file that cannot be read", "Its permissions or its disk stand in the way."),
    Page("file-too-large", "a file that is larger than any manifest", "16 MiB is the limit; split it."),
    Page("file-not-an-object", "keys beside a $file that holds no object", "Sibling keys override what the file says, key by key."),
    Page("file-several-documents", "a $file of several documents", "A $file stands for one value."),
    Page(
        "manifest-unknown-key",
        "a key that nothing reads",
        "It would be passed over without a word, and what its author wanted would not happen.",
        "tilesettings: {minZoom: 4, maxItemsPerTile: 35}",
        "tileSettings: {minZoom: 4, maxItemsPerTile: 35}",
    ),
    Page(
        "manifest-missing-key",
        "a key that has to be there",
        "The service refuses the resource without it.",
        "mosaics: [{id: all, cql: []}]",
        "mosaics: [{id: all, name: All, cql: []}]",
    ),
    Page(
        "manifest-wrong-type",
        "a value of another type",
        "Numbers, texts, booleans, lists and objects are never turned into each other.",
        'tileSettings: {minZoom: "4", maxItemsPerTile: 35}',
        "tileSettings: {minZoom: 4, maxItemsPerTile: 35}",
    ),
    Page(
        "manifest-wrong-value",
        "a value that is none of the possible ones",
        "The service knows a few words there, and refuses others.",
        "partitionType: {scheme: day}",
        "partitionType: {scheme: month}",
    ),
    Page(
        "manifest-limit",
        "a value beyond a limit of the service",
        "Lengths of names and ranges of zooms as the service publishes them; it refuses more.",
        "tileSettings: {minZoom: 99, maxItemsPerTile: 35}",
        "tileSettings: {minZoom: 9, maxItemsPerTile: 35}",
    ),
    Page(
        "manifest-pattern",
        "a text of another form",
        "Ids, URLs and times have a form that the service asks for.",
        "mosaics: [{id: all of it, name: All, cql: []}]",
        "mosaics: [{id: all-of-it, name: All, cql: []}]",
    ),
    Page("manifest-key-name", "a key of another form", "Keys of assets and the like become parts of URLs."),
    Page("manifest-one-of", "none, or more than one, of several shapes", "Exactly one of them has to be there."),
    Page("manifest-invalid", "a value that the schema does not allow", "The JSON Schema says what is: pcsync schema."),
    Page("manifest-expected", "a document that is no manifest", "It begins with apiVersion: pcsync/v1 and kind: Collection."),
    Page(
        "manifest-unknown-kind",
        "a kind of manifest that there is none of",
        "Collection, IngestionSource, Removal, Overlay, Policy and Project.",
    ),
    Page("manifest-claimed-twice", "two manifests of one resource", "Which of them counts would depend on the order of files."),
    Page("removal-of-declared", "a collection that is declared and removed", "One manifest would undo the other, again and again."),
    Page(
        "overlay-directive", "a $patch that means nothing there", "$patch: delete removes a list member or key, replace sets it as a whole."
    ),
    Page("overlay-expected", "a file of overlays that holds something else", "An overlay says kind: Overlay and of: Collection/ID."),
    Page("overlay-identity", "an overlay that would change an identity", "Then it would be another resource; write a manifest of its own."),
    Page("overlay-misplaced", "an overlay among the manifests", "Overlays belong to targets; elsewhere they do nothing."),
    Page("overlay-nothing-to-remove", "an overlay that removes what is not there", "The manifest moved on and its overlay did not."),
    Page("overlay-of-nothing", "an overlay of a manifest that does not exist", "It changes nothing; usually the id was renamed."),
    Page("pattern-invalid", "a pattern that is none", "Files, folders and globs below the project's folder."),
    Page("pattern-matches-nothing", "a pattern that matches no file", "What it should find would be taken for removed."),
    Page("policy-misplaced", "a policy among the manifests", "List its file under policies in pcsync.yaml; elsewhere it does nothing."),
    Page(
        "policy-schema",
        "a policy whose assertion is no JSON Schema",
        "where and assert are JSON Schemas of draft 2020-12, complete in themselves.",
    ),
    Page("policy-taken-id", "a policy with the id of another rule", "An id stands for one rule in output, suppressions and severities."),
    Page(
        "project-endpoint",
        "an endpoint that no GeoCatalog has",
        "https://NAME.REGION.geocatalog.spatio.azure.com, or emulator:PATH below the project.",
    ),
    Page("project-invalid", "a pcsync.yaml that is no project", "It begins with apiVersion: pcsync/v1, kind: Project and owner."),
    Page("project-misplaced", "a project among the manifests", "Only the pcsync.yaml at the root is one."),
    Page("project-unknown-rule", "a severity of a rule that does not exist", "rules: names rules by id, set or pattern.", warns=True),
    Page("project-unknown-target", "a default target that does not exist", "defaultTarget names one of targets."),
    Page(
        "secret-literal",
        "a secret that is written out",
        "What is in Git is no secret any more. Name where it is kept: {$secret: env:NAME}.",
    ),
    Page(
        "secret-misplaced",
        "a secret where none can be kept",
        "Only values that the service keeps secret take one; all else enters plans and logs.",
        'stac: {title: {$secret: "env:TITLE"}}',
        "stac: {title: Example}",
    ),
    Page("secret-provider", "a secret of an unknown provider", "env:NAME, file:PATH or keyvault:VAULT/SECRET."),
    Page(
        "stac-refused-key",
        "a part of a STAC document that the service does not take there",
        "Assets are uploaded and the id is the manifest's own; both have a key of their own beside stac.",
        "stac: {assets: {}}",
        "stac: {title: Example}",
    ),
    Page(
        "stac-server-owned",
        "a part of a STAC document that the service sets itself",
        "It is ignored here, so that a collection as the catalog gave it pastes in.",
        'stac: {"msft:_created": "2025-01-01T00:00:00Z"}',
        "stac: {title: Example}",
        warns=True,
    ),
    Page(
        "variable-unknown",
        "a variable that nobody sets",
        "${name} is a variable of the target, ${env:NAME} of the environment. A literal ${ is written $${.",
        "stac: {title: '${nowhere}'}",
        "stac: {title: Example}",
    ),
)
