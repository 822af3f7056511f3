"""What is measured of a picture, what differs between two, and what is not decoded."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from pcsync.core.picture import Picture
from pcsync.seeing.pixels import UnreadablePictureError, compare, decode


def encoded(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    stream = BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def picture(image: Image.Image) -> Picture:
    return decode(encoded(image), "image/png")


def halves(left: tuple[int, ...], right: tuple[int, ...], mode: str = "RGBA") -> Image.Image:
    image = Image.new(mode, (64, 32), left)
    image.paste(right, (32, 0, 64, 32))
    return image


def test_one_colour_is_blank_and_nothing_at_all_is_empty() -> None:
    blank, empty = picture(Image.new("RGB", (64, 32), (10, 20, 30))), picture(Image.new("RGBA", (64, 32), (9, 9, 9, 0)))

    assert (blank.uniform, blank.transparent, blank.remark) == (1.0, 0.0, "blank")
    assert (empty.uniform, empty.transparent, empty.remark) == (0.0, 1.0, "empty")
    assert (blank.width, blank.height, blank.media_type) == (64, 32, "image/png")


def test_one_colour_beside_nothing_is_blank_as_well() -> None:
    half = picture(halves((0, 0, 0, 0), (10, 20, 30, 255)))

    assert (half.uniform, half.transparent, half.remark) == (0.5, 0.5, "blank")


def test_black_and_white_are_clipped_and_greys_are_not() -> None:
    clipped, grey = picture(halves((0, 0, 0, 255), (255, 255, 255, 255))), picture(halves((1, 1, 1, 255), (254, 254, 254, 255)))

    assert (clipped.clipped, clipped.uniform, clipped.remark) == (1.0, 0.5, "clipped")
    assert (grey.clipped, grey.remark) == (0.0, "")


def test_pixels_that_nobody_sees_are_neither_clipped_nor_a_colour() -> None:
    half = picture(halves((0, 0, 0, 0), (255, 255, 255, 255)))

    assert (half.clipped, half.uniform) == (0.5, 0.5)


@pytest.mark.parametrize(("form", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_what_the_tiler_draws_is_decoded_whatever_it_calls_it(form: str, media_type: str) -> None:
    found = decode(encoded(Image.new("RGB", (40, 30), (200, 100, 50)), form, lossless=True), "application/octet-stream", "/data/x")

    assert (found.media_type, found.width, found.height, found.remark, found.route) == (media_type, 40, 30, "blank", "/data/x")


def test_sixteen_bits_are_shown_by_their_upper_eight() -> None:
    dark, bright = (decode(encoded(Image.new("I;16", (8, 8), level)), "image/png") for level in (0x1000, 0xFF00))

    assert (dark.clipped, bright.clipped) == (0.0, 1.0)


def test_the_same_pixels_do_not_differ_however_they_are_encoded() -> None:
    image = halves((10, 20, 30, 255), (40, 50, 60, 255))
    one, other = decode(encoded(image, compress_level=9), "image/png"), decode(encoded(image, compress_level=0), "image/png")
    found = compare(one, other)

    assert one.content != other.content
    assert found is not None
    assert (found.changed, found.difference, found.mask) == (0.0, 0.0, b"")


def test_the_share_of_pixels_that_differ_their_distance_and_where_they_are() -> None:
    found = compare(picture(Image.new("RGB", (64, 32), (0, 0, 0))), picture(halves((0, 0, 0), (0, 51, 0), "RGB")))

    assert found is not None
    assert (found.changed, found.difference) == (0.5, pytest.approx(0.1))
    with Image.open(BytesIO(found.mask)) as mask:
        shown = mask.convert("RGBA").getchannel("A")
        assert (shown.getpixel((31, 5)), shown.getpixel((32, 5)), mask.size) == (0, 96, (64, 32))


def test_a_difference_that_nobody_can_see_is_none() -> None:
    found = compare(picture(Image.new("RGB", (8, 8), (100, 100, 100))), picture(Image.new("RGB", (8, 8), (102, 98, 100))))

    assert found is not None
    assert found.changed == 0.0
    assert found.difference > 0.0


def test_colours_under_full_transparency_are_no_difference_but_becoming_visible_is_one() -> None:
    hidden, other = picture(Image.new("RGBA", (8, 8), (255, 0, 0, 0))), picture(Image.new("RGBA", (8, 8), (0, 0, 255, 0)))
    black = picture(Image.new("RGBA", (8, 8), (0, 0, 0, 255)))

    assert [it and it.changed for it in (compare(hidden, other), compare(hidden, black))] == [0.0, 1.0]


def test_pictures_of_two_sizes_are_not_compared() -> None:
    assert compare(picture(Image.new("RGB", (8, 8))), picture(Image.new("RGB", (8, 9)))) is None


def chunk(sort: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + sort + content + struct.pack(">I", zlib.crc32(sort + content))


def bomb(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def vp8x(width: int, height: int) -> bytes:
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body)) + body


PNG = encoded(Image.effect_noise((64, 64), 80))
JPEG = encoded(Image.effect_noise((64, 64), 80), "JPEG")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no picture but text/x"),
        (b'{"error": 1}', "no picture but text/x"),
        (b"GIF89a" + bytes(100), "no picture but text/x"),
        (bomb(60_000, 60_000), "60,000 x 60,000 pixels"),
        (bomb(2**31 - 1, 2**31 - 1), "pixels"),
        (vp8x(16_000, 16_000), "16,000 x 16,000 pixels"),
        (PNG[:200], "cannot be decoded"),
        (PNG[:40], "cannot be decoded"),
        (PNG[:8] + bytes(100), "cannot be decoded"),
        (JPEG[:-400], "cannot be decoded"),
        (JPEG[:10], "cannot be decoded"),
        (b"RIFF" + bytes(60), "cannot be decoded"),
        (vp8x(16, 16), "cannot be decoded"),
    ],
)
def test_what_is_no_sound_picture_is_refused_with_its_reason(content: bytes, words: str) -> None:
    with pytest.raises(UnreadablePictureError) as refused:
        decode(content, "text/x")

    assert words in refused.value.what


@pytest.mark.parametrize("sound", [PNG, JPEG, encoded(Image.effect_noise((64, 64), 80).convert("RGB"), "WEBP")])
def test_a_damaged_picture_is_decoded_or_refused_and_nothing_else(sound: bytes) -> None:
    """Every byte of the first 300, and the length, may be wrong."""
    for at in range(min(300, len(sound))):
        for damaged in (sound[:at] + bytes([sound[at] ^ 0xFF]) + sound[at + 1 :], sound[:at]):
            with suppress(UnreadablePictureError):
                assert decode(damaged, "image/png").width > 0
