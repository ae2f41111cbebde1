"""Reading the contract, and what is said of a file that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.api import stack
from mockserver.api.compat import PROFILES, Compat
from mockserver.api.contract import ContractError, load
from mockserver.api.handlers import HANDLERS
from mockserver.resources import find
from tests.conftest import Api

CONTRACT = load(find("openapi.yaml"))
VALID = find("openapi.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/accounts", "/accounts"),
        ("/accounts/a%2Fb", "/accounts/{account_id}"),
        ("/accounts/a/line_items/debit_offsets", "/accounts/{account_id}/line_items/debit_offsets"),
        ("/accounts/a/line_items/debit_offset", "/accounts/{account_id}/line_items/{line_item_id}"),
        ("/accounts/", None),
        ("/accounts/a/line_items/b/c", None),
        ("", None),
    ],
)
def test_a_path_means_one_path_item_and_the_more_concrete_wins(
    path: str, expected: str | None
) -> None:
    item = CONTRACT.path_item(path)
    assert (item.path if item else None) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("paths: [", ": line 2: "),
        ("", "this is no OpenAPI 3.0 document"),
        ("- 1", "this is no OpenAPI 3.0 document"),
        ("openapi: 3.1.0\n", "this is no OpenAPI 3.0 document"),
        ("openapi: 3.0.3\n", "is a required property"),
        (
            VALID.replace("    get:\n      operationId: getAccount\n", "    get:\n"),
            "GET /accounts/{account_id} has no",
        ),
        (VALID.replace("type: object", "type: thing", 1), "'thing' is not one of"),
    ],
)
def test_a_broken_contract_is_told_in_one_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as raised:
        load(path)

    message = str(raised.value)
    assert message.startswith(f"{path}: ")
    assert why in message
    assert "\n" not in message


def test_a_missing_contract_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"none\.yaml: No such file"):
        load(tmp_path / "none.yaml")


def test_an_operation_without_a_handler_is_told() -> None:
    handlers = {name: handler for name, handler in HANDLERS.items() if name != "getAccount"}
    with pytest.raises(ContractError, match="no handler answers the operationId getAccount"):
        stack.build(
            CONTRACT,
            stack.Parts(handlers, lambda _: {}, lambda *_: {}, PROFILES[Compat.DOCUMENTED], "", ""),
        )


def test_the_contract_is_served_as_it_is_written(api: Api) -> None:
    assert api.get("/openapi.yaml").content == find("openapi.yaml").read_bytes()
    assert api.get("/openapi.json").json() == CONTRACT.raw
    assert api.client.post("/openapi.json").headers["Allow"] == "GET, HEAD"
    assert api.client.delete("/healthz").status_code == 405
    assert api.get("/healthz").json() == {"status": "ok"}


def test_the_control_api_has_a_swagger_ui_too(api: Api) -> None:
    page = api.get("http://localhost/_mock/docs/").text
    assert 'url: "/_mock/control.yaml"' in page
    served = api.get("http://localhost/_mock/control.yaml")
    assert served.content == find("control/control.yaml").read_bytes()
    assert api.get("http://localhost/_mock/docs/swagger-ui.css").status_code == 200


def test_swagger_ui_is_served_without_anything_from_elsewhere(api: Api) -> None:
    page = api.get("/docs/").text
    assert 'url: "/openapi.json"' in page
    assert "http://" not in page
    assert "https://" not in page
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui-standalone-preset.js"):
        assert api.get(f"/docs/{name}").status_code == 200


def test_what_is_not_below_docs_is_told_as_everywhere(api: Api) -> None:
    missing = api.get("/docs/nothing.js")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
    posted = api.client.post("/docs/")
    assert (posted.status_code, posted.json()["error"]["code"]) == (405, "method_not_allowed")
    assert "GET" in posted.headers["Allow"]
