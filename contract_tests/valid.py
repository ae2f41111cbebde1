"""Values that are valid, at the edges: what a server has to take, and give back as it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

AMOUNTS = (0, 1, 2**31 - 1, 2**31, 2**32 + 7, 10**15, 2**53 - 1)
ALLOCATIONS = ("INTEREST", "DEFERRED_INTEREST", "PRINCIPAL", "FEE")
_PAIR = {"key": "Card", "value": "22445702"}
FIELDS: tuple[Any, ...] = (
    None,
    [],
    [_PAIR],
    [_PAIR, {"key": "b", "value": "2"}, _PAIR],
    [{"key": "z", "value": "1"}, {"key": "a", "value": "2"}, {"key": "m", "value": "0"}],
    [{"key": "same", "value": "1"}, {"key": "same", "value": "2"}],
    [{"key": "only"}],
    [{"value": "only"}],
    [{}],
    [{"key": "", "value": ""}],
    [{"key": "a+b c", "value": "d+e%20f%41%2B&g=h;i"}],
    [{"key": f"k{n}", "value": "v" * 400} for n in range(100)],
    [{"key": " spaced ", "value": "\tl\u00efne\nbreak "}],
    [{"key": "<b>&amp;\"'</b>", "value": "<script>alert(1)</script>"}],
    [{"key": "\U0001f4b8\U00020000", "value": "e\u0301 \u00e9 \u202e \u200b \uffff"}],
    [{"key": "'; DROP TABLE items; --", "value": "%s %n {0} ${x} \\u0041 \\"}],
    [{"key": "k" * 300, "value": "v" * 3000}],
    [{"key": f"k{n}", "value": f"v{n}"} for n in range(99)],
    [{"key": f"k{n}", "value": f"v{n}"} for n in range(100)],
    [
        {"key": "null", "value": "null"},
        {"key": "0", "value": "1.0"},
        {"key": "true", "value": "-0"},
    ],
)
ID_FORMS = (
    *("li_can_{}", "CAN_{}", "Can_{}", "can-{}", "can{}", "_can_{}", "xcan_{}", " can_{}"),
    *("{}", "-{}", "0{}", "{}.0", "LI_{}", "li.{}", "{}~!$&'()*+,;=:@", "50%{}", "%41{}", "a+b {}"),
    *("q?{}", "h#{}", 'quote"{}', "back\\{}", "<b>{}</b>", "&amp;{}", "'; --{}", "{{}}{}"),
    *("z\u00fcrich{}", "e\u0301{}", "\u00e9{}", "\u6f22\u5b57{}", "\U0001f4b8{}", "\u0130{}"),
    *("{}" + "x" * 200, "null{}", "{} ", " {}", "tab\t{}"),
)
IDS_WITH_SLASH = ("a/b{}", "../{}", "{}/")
PAST = "2020-07-20T09:11:28+00:00"
INSTANTS = (
    *("2020-07-20T09:11:28Z", "2020-07-20t09:11:28z", "2020-07-20T05:11:28-04:00"),
    *("2020-07-20T14:41:28+05:30", "2022-11-30T09:11:28-00:00", "2020-07-20T23:11:28+14:00"),
    *("2022-03-31T21:11:28-12:00", "2020-07-20T09:11:28.5Z", "2020-07-20T09:11:28.123456+00:00"),
    *("2020-07-20T09:11:28.999999999Z", "2022-06-30T09:11:28.000Z", "2020-08-31T23:59:59-05:00"),
    *("2020-09-30T23:59:59Z", "2020-12-31T23:59:59-05:00", "2021-01-01T00:00:00+00:00"),
    *("2021-02-28T23:59:59+01:59", "2024-02-29T12:00:00Z", "2020-02-29T23:30:00-05:00"),
    *("2023-03-12T02:30:00-05:00", "2023-11-05T01:30:00-04:00", "2023-11-05T01:30:00-05:00"),
    *("2022-04-30T00:00:00.25-03:30", "2022-01-31T00:15:00+05:45", "2022-10-31T08:07:06Z"),
    *("2021-12-31T19:00:00-09:30", "2022-05-31T23:59:59.75Z", "2022-07-31T00:00:00+00:00"),
)
FAR = (
    *("2400-02-28T00:00:00+00:00", "2400-02-29T00:00:00+00:00"),
    *("2096-02-29T12:00:00Z", "2199-12-31T23:59:59-05:00"),
)
"""Instants in the far future; the first is the day before the second."""
EDGES = (
    *("2000-02-28T12:00:00Z", "2000-02-29T12:00:00Z", "1999-12-31T12:00:00Z"),
    *("1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2016-12-31T23:59:60Z"),
)
"""Instants that may be before the opening; the first is the day before the second."""
MEDIA_TYPES = (
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "Application/JSON",
    'application/json; charset="utf-8"',
    "APPLICATION/JSON ; Charset=utf-8",
)
UNKNOWN: tuple[Mapping[str, Any], ...] = (
    {"note": "anything", "nothing": None},
    {"unknown": {"deep": [1, 2.5, None, True, {"x": []}]}},
    {"amount_cents": 5, "original_amount": 5, "amount": "5"},
    {"account_id": "can_999999999", "product_id": 7, "line_item_type": "CHARGE"},
    {"created_at": "2001-01-01T00:00:00Z", "line_item_status": "VOID", "balance_cents": 12},
    {"Original_Amount_Cents": 7, "LINE_ITEM_ID": "other", "Allocation": "nowhere"},
    {"": "", "constructor": 1, "__proto__": {"x": 1}, "$ref": "#/nowhere"},
    {f"m{n}": n for n in range(200)},
    {**dict.fromkeys(("dry_run", "validate_only", "preview", "test"), True), "commit": False},
)
_EMOJI = '{{"external_fields":[{{"value":"\\ud83d\\ude00\\/\\b\\f","key":"k"}}],'
JSON_TEXTS = (
    ' \r\n\t{{ "original_amount_cents" :\n 1 , "line_item_id" : "{}" }} \n',
    '{{"line_item_id":"{}","original\\u005famount_cents":1}}',
    '{{"allocation":"F\\u0045E","line_item_id":"{}","original_amount_cents":1}}',
    _EMOJI + '"original_amount_cents":1,"line_item_id":"{}"}}',
)
"""Texts of one amount and an id each; the last has external fields too."""
