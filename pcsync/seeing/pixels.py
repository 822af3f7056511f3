"""Encoded images as pixels: what share of them says something, and what differs between two pictures.

Pillow decodes, and nothing else here knows it. What the tiler answers is not trusted: three formats only, their size read from the
header before a pixel is decoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from pcsync.core.errors import PcsyncError
from pcsync.core.picture import Picture

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

MAX_PIXELS = 4096 * 4096
MAX_BYTES = 64 * 2**20
COUNTED = 1024
"""Longest side in pixels of what colours are counted in; larger pictures are sampled for it."""
VISIBLE = 2
"""Levels of 255 that a channel may move before anybody could see it."""
MASK_COLOUR = (232, 0, 116)
FAINTEST = 96
"""Alpha of the least difference that counts, so that a mask shows it."""
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"RIFF": "WEBP"}
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


class UnreadablePictureError(PcsyncError):
    """An answer that is no picture, or none that is safe to decode; ``what`` says which."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two pictures of one size: see Comparison. ``mask`` is a PNG, transparent where nothing does.

    It is empty where nothing differs at all.
    """

    changed: float
    difference: float
    mask: bytes


def decode(content: bytes, media_type: str, route: str = "") -> Picture:
    """The picture with its shares measured. Raises UnreadablePictureError for anything but a sound PNG, JPEG or WebP of sane size."""
    form, image = _opened(content, media_type)
    transparent, clipped = _transparent(image), _clipped(image)
    return Picture(content, MEDIA_TYPES[form], *image.size, route, transparent, _uniform(image), clipped)


def compare(before: Picture, after: Picture) -> Difference | None:
    """What differs visibly; None where the pictures are not of one size. Pixels that are transparent in both are the same."""
    if (before.width, before.height) != (after.width, after.height):
        return None
    if before.content == after.content:
        return Difference(0.0, 0.0, b"")
    from PIL import ImageChops

    sides = [_opened(it.content, it.media_type)[1].convert("RGBa").split() for it in (before, after)]
    first, *others = [ImageChops.difference(one, other) for one, other in zip(*sides, strict=True)]
    for channel in others:
        first = ImageChops.lighter(first, channel)
    levels = first.histogram()
    count = before.width * before.height
    distance = sum(level * seen for level, seen in enumerate(levels)) / 255
    changed = sum(levels[VISIBLE + 1 :]) / count
    return Difference(changed, distance / count, _mask(first) if changed else b"")


def colours_of(picture: Picture) -> set[tuple[int, int, int]]:
    """Red, green and blue of every colour that is visible in it. Raises UnreadablePictureError."""
    image = _opened(picture.content, picture.media_type)[1]
    found = image.getcolors(_count(image)) or []
    return {(colour[0], colour[1], colour[2]) for _, colour in found if isinstance(colour, tuple) and colour[3]}


def _opened(content: bytes, media_type: str) -> tuple[str, Image]:
    """Format and RGBA pixels. Raises UnreadablePictureError."""
    form = next((form for start, form in SIGNATURES.items() if content.startswith(start)), None)
    if form is None:
        raise UnreadablePictureError(f"the answer is no picture but {media_type or 'bytes of no known type'}")
    if len(content) > MAX_BYTES:
        raise UnreadablePictureError(f"the picture has {len(content):,} bytes; more than {MAX_BYTES:,} are not decoded")
    try:
        with _file(form, content) as opened:
            _require_sane(*opened.size)
            opened.load()
            return form, _rgba(opened)
    # what Pillow raises for damaged files, by decoder
    except (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, OverflowError, MemoryError) as damaged:
        raise UnreadablePictureError(f"the {form} cannot be decoded: {damaged or type(damaged).__name__}") from damaged


def _file(form: str, content: bytes) -> ImageFile:
    """The file by its own decoder: Image.open would try them all, and only warn of a bomb."""
    stream = BytesIO(content)
    if form == "PNG":
        from PIL.PngImagePlugin import PngImageFile

        return PngImageFile(stream)
    if form == "JPEG":
        from PIL.JpegImagePlugin import JpegImageFile

        return JpegImageFile(stream)
    from PIL.WebPImagePlugin import WebPImageFile

    _require_sane(*_webp_canvas(content))
    return WebPImageFile(stream)


def _webp_canvas(content: bytes) -> tuple[int, int]:
    """Width and height of an extended WebP, whose decoder makes room for it at once; other ones are small by their format."""
    if content[12:16] != b"VP8X" or len(content) < 30:
        return 1, 1
    return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1


def _require_sane(width: int, height: int) -> None:
    if width < 1 or height < 1 or width * height > MAX_PIXELS:
        raise UnreadablePictureError(f"the picture has {width:,} x {height:,} pixels; more than {MAX_PIXELS:,} are not decoded")


def _rgba(image: Image) -> Image:
    """Eight bits a channel; of sixteen, the upper eight, as browsers show them."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda level: level * (1 / 256)).convert("L").convert("RGBA")
    return image.convert("RGBA")


def _transparent(image: Image) -> float:
    return image.getchannel("A").histogram()[0] / _count(image)


def _uniform(image: Image) -> float:
    """Share of the commonest visible colour, to the letter: lossy formats scatter one colour over its neighbours."""
    sample = image
    if max(image.size) > COUNTED:
        from PIL.Image import Resampling

        sample = image.resize((min(image.width, COUNTED), min(image.height, COUNTED)), Resampling.NEAREST)
    colours = sample.getcolors(_count(sample)) or []
    return max((count for count, colour in colours if isinstance(colour, tuple) and colour[3]), default=0) / _count(sample)


def _clipped(image: Image) -> float:
    """Share of visible pixels whose every channel is at an end."""
    from PIL import ImageChops

    *channels, alpha = image.split()
    found = alpha.point([0, *[255] * 255])
    for channel in channels:
        found = ImageChops.darker(found, channel.point([255, *[0] * 254, 255]))
    return found.histogram()[255] / _count(image)


def _mask(distance: Image) -> bytes:
    """One colour, the more opaque the larger the difference: a PNG of one byte a pixel."""
    from PIL import Image as Images

    mask = Images.frombytes("P", distance.size, distance.tobytes())
    mask.putpalette(bytes(MASK_COLOUR) * 256)
    faint = [0 if level <= VISIBLE else max(level, FAINTEST) for level in range(256)]
    stream = BytesIO()
    mask.save(stream, "PNG", transparency=bytes(faint))
    return stream.getvalue()


def _count(image: Image) -> int:
    return image.width * image.height
