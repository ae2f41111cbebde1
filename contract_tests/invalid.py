"""Values that are invalid, each for one reason: what a corpus has to hold one by one."""

from __future__ import annotations

from typing import Any

AMOUNT_TYPES: tuple[Any, ...] = (
    *(None, "2", "", "abc", "1e0", 2.5, 0.1, -1.5, True, False, [], [2], {}, {"cents": 2}),
    *("2.0", " 2", "0x2", "2 ", "+2", "NaN", "null", "true", 1e-7, "\u0661"),
)
"""Small, as a server that takes one posts it."""
ID_TYPES: tuple[Any, ...] = (5, 0, 1.5, True, False, None, [], ["li_1"], {}, {"id": "li_1"})
ID_PREFIXES = (
    "can_",
    "can_1",
    "can_{}",
    "can_\n",
    "can_{}\nli",
    "can_li_{}",
    "can_ {}",
    "can_{}\n",
    "can_{}\u00e9",
    "can_{}" + "x" * 60,
    "can_" + "x" * 300 + "{}",
)
INSTANT_TYPES: tuple[Any, ...] = (
    *(5, 0, 1595236288000, 1.5, None, True, False, [], {}, " "),
    *(["2020-07-20T09:11:28Z"], {"$date": "2020-07-20T09:11:28Z"}),
)
COMMON_INSTANTS: tuple[Any, ...] = (
    *("yesterday", "2020-07-20", "2020-07-20T09:11:28", "2020-02-30T09:11:28Z", 1595236288, ""),
)
"""What is sent most of what is no instant; the others follow."""
INSTANTS = (
    *("now", "09:11:28", "2020-07-20T09:11Z"),
    *("2020-07-20T09Z", "2020-7-20T09:11:28Z", "20-07-20T09:11:28Z", "2020-07-20T9:11:28Z"),
    *("20200720T091128Z", "2020-07-20T09:11:28+0000", "2020-07-20T09:11:28+00", "1595236288"),
    *("07/20/2020", "20.07.2020", "20 Jul 2020", "20200720", "2020-07-20T09:11:28 +00:00"),
    *("2020-07-20T09:11:28+00:00[UTC]", "2020-07-20T09:11:28+00:00:00", "2020-07-20T09:11:28GMT"),
    *("2020-07-20T09:11:28 UTC", "2020-07-20T09:11:28EST", "Mon, 20 Jul 2020 09:11:28 GMT"),
    *(
        "07/20/2020 09:11:28",
        "2020/07/20T09:11:28Z",
        "2020-07-20T09:11:28.Z",
        "2020-07-20T09.11.28Z",
    ),
    *(
        "2020-00-20T09:11:28Z",
        "2020-13-20T09:11:28Z",
        "2020-07-00T09:11:28Z",
        "2020-07-32T09:11:28Z",
    ),
    *(
        "2021-02-29T09:11:28Z",
        "2023-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
    ),
    *(
        "2020-04-31T09:11:28Z",
        "2020-06-31T09:11:28Z",
        "2020-09-31T09:11:28Z",
        "2020-11-31T09:11:28Z",
    ),
    *(
        "2020-07-20T24:00:00Z",
        "2020-07-20T25:00:00Z",
        "2020-07-20T09:60:00Z",
        "2020-07-20T09:11:61Z",
    ),
    *("2020-07-20T09:11:28+25:00", "2020-07-20T09:11:28+24:00", "2020-07-20T09:11:28-99:00"),
    *(
        "2020-07-20T09:11:28ZZ",
        "2020-07-20T09:11:28Z\n",
        " 2020-07-20T09:11:28Z",
        "2020-07-20T09:11:28Z x",
    ),
    *(
        "2020-07-20T09:11:28,5Z",
        "2020-W30-1T09:11:28Z",
        "12020-07-20T09:11:28Z",
        "2020-202T09:11:28Z",
    ),
    *(
        "x2020-07-20T09:11:28Z",
        "2020-07-20T09:11:28+",
        "2020-07-20T-9:11:28Z",
        "-2020-07-20T09:11:28Z",
    ),
    *(
        "2020-07-20TT09:11:28Z",
        "2020-07-20T09:11:28+05:3",
        "2020-07-20T09:11:28+5:30",
        "T09:11:28Z",
    ),
)
ALLOCATION_VALUES: tuple[Any, ...] = (
    *("interest", "Interest", "fee", "Fee", "principal", "deferred_interest", "BOGUS", "FEES", ""),
    *("FEE ", " FEE", "FEE\n", "INTEREST,FEE", "AM_INTEREST", "DEFERRED-INTEREST", "PRINCIPALS"),
    *("TOTAL", "FE", "REST", "NTEREST", "null", "0", 0, 1, True, False, None, [], ["FEE"], {}),
    *({"FEE": 1}, 1.5),
)
FIELD_VALUES: tuple[Any, ...] = (
    *(
        "",
        0,
        5,
        True,
        False,
        "[]",
        {"a": "b"},
        {"key": "a", "value": "b"},
        ["x"],
        [None],
        [[]],
        [True],
    ),
    *([{"key": ["a"]}], [{"value": {}}]),
    *([{"key": "a", "value": True}], [{"key": "a", "value": ["x"]}], [{"key": {}, "value": "a"}]),
    *([{"key": True, "value": "a"}], [{"key": "a", "value": "b"}, "x"], [{"key": "a"}, None]),
    *([{"key": None, "value": "a"}], [{"key": "a", "value": None}], [{"key": "a", "value": 1.5}]),
    [{"key": "k", "value": "v"}] * 102,
    [{"key": "k", "value": "v"}] * 1000,
    [*[{"key": "k", "value": "v"}] * 50, {"key": 1, "value": "v"}],
)
COMMON_FIELDS: tuple[Any, ...] = (
    *({}, "x", [5], [{"key": 5, "value": "a"}], [{"key": "a", "value": 5}]),
    [{"key": f"k{n}", "value": "v"} for n in range(101)],
)
"""What is sent most of what are no external fields; the others are those before."""
BODIES = (
    *(b"", b" ", b"[]", b"null", b"5", b"0", b'"x"', b'""', b"true", b"false", b"{}"),
    *(b'[{"original_amount_cents":1}]', b'"{\\"original_amount_cents\\":1}"'),
)
MALFORMED = (
    b'{"line_item_id":"ID","original_amount_cents":1',
    b'{"line_item_id":"ID","original_amount_cents":1,}',
    b'{"line_item_id":"ID","original_amount_cents":1}x',
    b'{"line_item_id":"ID","original_amount_cents":1}{}',
    b"{'line_item_id':'ID','original_amount_cents':1}",
    b'{line_item_id:"ID",original_amount_cents:1}',
    b'{"line_item_id":"ID","original_amount_cents":01}',
    b'{"line_item_id":"ID","original_amount_cents":+1}',
    b'{"line_item_id":"ID","original_amount_cents":1.}',
    b'{"line_item_id":"ID","original_amount_cents":.5}',
    b'{"line_item_id":"ID","original_amount_cents":0x1}',
    b'{"line_item_id":"ID" "original_amount_cents":1}',
    b'{"line_item_id":"ID","original_amount_cents":NaN}',
    b'{"line_item_id":"ID","original_amount_cents":Infinity}',
    b'{"line_item_id":"ID","original_amount_cents":-Infinity}',
    b'{"line_item_id":"ID","original_amount_cents":}',
    b'{"line_item_id":"ID\n","original_amount_cents":1}',
    b'{"line_item_id":"ID\\x41","original_amount_cents":1}',
    b'/* x */{"line_item_id":"ID","original_amount_cents":1}',
    b'{"line_item_id":"ID","original_amount_cents":1}]',
    b'{"line_item_id":"ID","original_amount_cents":True}',
    b"line_item_id=ID&original_amount_cents=1",
    b"original_amount_cents=1",
    b'{"line_item_id":"ID\xff\xfe","original_amount_cents":1}',
)
"""Bodies that are not JSON; ``ID`` stands for an id of its own."""
INSTEAD_OF_AMOUNT: tuple[dict[str, Any], ...] = (
    {},
    {"allocation": "FEE"},
    {"originalAmountCents": 1},
    {"amount": 1, "amount_cents": 1},
)
SEVERAL: tuple[dict[str, Any], ...] = (
    {"original_amount_cents": "1", "allocation": "x", "effective_at": 5},
    {"original_amount_cents": None, "line_item_id": "can_1", "external_fields": {}},
    {"allocation": "FEE", "external_fields": []},
)
BEFORE_ANY_OPENING = ("1850-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00")
MEDIA_TYPES = (
    *("text/plain", "application/xml", "application/x-www-form-urlencoded", "text/html"),
    *("multipart/form-data; boundary=x", "application/octet-stream", "text/json-not", "json"),
)
_DEPTH = 12_000
_DEEP = b"[" * _DEPTH + b"]" * _DEPTH
_NESTED = b'{"a":' * _DEPTH + b"1" + b"}" * _DEPTH
_NUMBERS = (
    *(b"10000000000000000000", b"1" + b"0" * 30, b"1" + b"0" * 400, b"-1" + b"0" * 30),
    *(b"1e400", b"-1e400", b"1e-400", b"9" * 5000, b"1" + b"0" * 4400),
)
ODD = (
    *(b'{"original_amount_cents":%s}' % number for number in _NUMBERS),
    *(b'{"original_amount_cents":0,"x":%s}' % deep for deep in (_DEEP, _NESTED)),
    *(_DEEP, b'{"original_amount_cents":%s}' % _DEEP, b"\x00", b"\xff\xfe\x00", b"\xef\xbb\xbf{}"),
    b'{"original_amount_cents":0,"line_item_id":"\\ud800ID"}',
    b'{"original_amount_cents":0,"line_item_id":"\\u0000ID"}',
    b'{"original_amount_cents":0,"external_fields":[{"key":"\\udfff","value":"\\ud83d"}]}',
    b'{"original_amount_cents":0,"effective_at":"9999-12-31T23:59:59-23:59"}',
    b'{"original_amount_cents":0,"effective_at":"0001-01-01T00:00:00+23:59"}',
)
"""Bodies that may be refused or accepted, but have to be answered."""
UNKNOWN_ACCOUNTS = (
    *("can_0", "no-such-account", "0", "-1", "null", "undefined", " ", "%", "..", "'", "a\tb"),
    *("can_999999999999999999999999", "\u00fc", "\U0001f4b8", "a/b", "x" * 500, "<b>", "*", "{}"),
)
