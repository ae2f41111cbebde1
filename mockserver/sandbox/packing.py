"""Bodies as they are kept: of each only what differs from the first of its kind."""

from __future__ import annotations

import zlib
from typing import NamedTuple

_WINDOW_BITS, _MEMORY = -12, 5
"""Small: making a compressor costs more than compressing, and by its size."""
_PACKED_BYTES = range(64, 16_384)
"""What is shorter gains nothing, and what is longer takes its time."""
_MAX_KINDS = 256


class Packed(NamedTuple):
    """A body that takes less than it holds."""

    sample: bytes
    """What it was compared with; shared."""
    data: bytes

    @property
    def body(self) -> bytes:
        """What was packed."""
        if self.sample is _AS_IT_IS:
            return self.data
        return zlib.decompressobj(_WINDOW_BITS, self.sample).decompress(self.data)


_AS_IT_IS = b""
"""The sample of what is not packed."""


def as_it_is(body: bytes) -> Packed:
    """Give a body that is not packed."""
    return Packed(_AS_IT_IS, body)


class Packer:
    """Packs bodies, those of a kind together."""

    __slots__ = ("_samples",)

    def __init__(self) -> None:
        """Begin without samples."""
        self._samples: dict[object, bytes] = {}

    def packed(self, kind: object, body: bytes) -> Packed:
        """Pack a body; the first one of each kind is kept, up to some kinds."""
        if len(body) not in _PACKED_BYTES:
            return as_it_is(body)
        sample = self._samples.get(kind)
        if sample is None:
            if len(self._samples) >= _MAX_KINDS:
                return as_it_is(body)
            sample = self._samples[kind] = body
        packer = zlib.compressobj(1, zlib.DEFLATED, _WINDOW_BITS, _MEMORY, zdict=sample)
        return Packed(sample, packer.compress(body) + packer.flush())
