"""Bodies come out of their packing as they went in, and take less while they are in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mockserver.sandbox import packing
from mockserver.sandbox.packing import Packer

BODY = b'{"line_item_id":"can_%d","line_item_overview":{"line_item_type":"DEBIT_OFFSET"}}'
bodies = st.binary(max_size=300) | st.integers(0, 10**9).map(lambda number: BODY % number)


@given(st.lists(st.tuples(st.integers(0, 2), bodies), max_size=20))
def test_what_is_packed_is_unpacked(kinds_and_bodies: list[tuple[int, bytes]]) -> None:
    packer = Packer()
    packed = [(body, packer.packed(kind, body)) for kind, body in kinds_and_bodies]
    assert [one.body for _, one in packed] == [body for body, _ in packed]


def test_bodies_of_a_kind_take_little() -> None:
    packer = Packer()
    packed = [packer.packed("a kind", BODY % number) for number in range(1_000, 1_100)]
    assert max(len(one.data) for one in packed) < len(BODY) / 3
    assert len({id(one.sample) for one in packed}) == 1


def test_what_is_long_or_of_one_kind_too_many_is_kept_as_it_is() -> None:
    packer = Packer()
    for kind in range(packing._MAX_KINDS):
        packer.packed(kind, BODY * 2)
    for kind, body in ((-1, BODY * 2), (0, b"x" * 20_000), (0, b"")):
        assert packer.packed(kind, body).data is body
        assert packer.packed(kind, body).body == body
