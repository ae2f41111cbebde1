"""The contract, the code and the fixtures say the same: tests of the form "every X has a Y"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from contract_tests.golden import load_examples
from mockserver.api.answers import AnswerChecker
from mockserver.api.auth import LIFETIME_SECONDS, Role
from mockserver.api.compat import PROFILES, Compat
from mockserver.api.contract import load
from mockserver.api.entry import MAX_BODY_BYTES
from mockserver.api.failures import Rejection
from mockserver.api.handlers import HANDLERS
from mockserver.api.problems import INTERNAL_ERROR, KINDS
from mockserver.api.schemas import answer_validator, request_validator
from mockserver.api.strict_json import MAX_DEPTH
from mockserver.api.violations import TOLD_KEYWORDS
from mockserver.door.protocol import MAX_FIELDS, MAX_HEAD_BYTES, MAX_URL_BYTES
from mockserver.ledger.line_item import RULES, ItemType
from mockserver.ledger.money import MAX_AMOUNT_CENTS, Bucket
from mockserver.ledger.refusals import Refusal
from mockserver.ledger.terms import AccountStatus
from mockserver.options import settings
from mockserver.resources import find
from mockserver.serve_command import serve as serve_command
from mockserver.settings import Settings
from tests.conftest import Api

CONTRACT = load(find("openapi.yaml"))
SCHEMAS = CONTRACT.resolved["components"]["schemas"]
EVIDENCE = {"seed", "documented", "observed", "inferred"}


def nodes(value: Any, where: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk all objects of the contract, with the place of each."""
    if isinstance(value, dict):
        yield where, value
        for name, member in value.items():
            if name not in ("example", "examples", "default", "enum"):
                yield from nodes(member, f"{where}/{name}")
    elif isinstance(value, list):
        for at, member in enumerate(value):
            yield from nodes(member, f"{where}/{at}")


def leaves(kind: type[Any]) -> set[type[Any]]:
    below = [leaves(subclass) for subclass in kind.__subclasses__()]
    return set[type[Any]]().union(*below) if below else {kind}


class TestContract:
    """``openapi.yaml`` by itself."""

    def test_it_is_valid_openapi(self) -> None:
        OpenAPIV30SpecValidator(CONTRACT.raw).validate()

    def test_it_is_plain_json(self) -> None:
        assert json.loads(json.dumps(CONTRACT.raw)) == CONTRACT.raw

    def test_every_rule_says_what_it_rests_on(self) -> None:
        for where, node in nodes(CONTRACT.raw["components"]["schemas"]):
            parent = where.rpartition("/")[0]
            is_property = parent.endswith("/properties") or parent == "#"
            if is_property and "$ref" not in node:
                assert node.get("x-evidence") in EVIDENCE, where
        for operation in CONTRACT.operations():
            assert operation.definition["x-evidence"] in EVIDENCE, operation.operation_id
            for parameter in operation.definition.get("parameters", []):
                assert parameter["x-evidence"] in EVIDENCE, parameter["name"]
            for status, response in operation.definition["responses"].items():
                assert response["x-evidence"] in EVIDENCE, (operation.operation_id, status)

    def test_evidence_is_one_of_four_and_its_keyword_is_there(self) -> None:
        for where, node in nodes(CONTRACT.raw):
            for name, evidence in node.items():
                if name.startswith("x-evidence"):
                    is_rule = where.startswith("#/x-rules")
                    assert evidence in EVIDENCE or (is_rule and evidence == "owed"), where
                    keyword = name.removeprefix("x-evidence").removeprefix("-")
                    assert not keyword or keyword in node, f"{where}/{name}"

    def test_what_is_inferred_names_an_assumption_and_every_assumption_is_named(self) -> None:
        known = CONTRACT.raw["x-assumptions"].keys()
        named: set[str] = set()
        for where, node in nodes(CONTRACT.raw):
            assumptions = node.get("x-assumption", [])
            named.update(assumptions)
            inferred = any(n.startswith("x-evidence") and e == "inferred" for n, e in node.items())
            assert not inferred or assumptions, f"{where} is inferred from nothing"
        assert named == set(known)

    def test_everything_is_described(self) -> None:
        for where, node in nodes(CONTRACT.raw["components"]["schemas"]):
            parent = where.rpartition("/")[0]
            if (parent.endswith("/properties") or parent == "#") and "$ref" not in node:
                assert node.get("description"), where
        for operation in CONTRACT.operations():
            assert operation.definition["summary"]
            assert operation.definition["description"]

    def test_examples_keep_the_schemas_they_stand_beside(self) -> None:
        checked = 0
        for where, node in nodes(CONTRACT.resolved):
            schema = node.get("schema", node if "type" in node else None)
            if schema is None:
                continue
            examples = [node["example"]] if "example" in node else []
            if "schema" in node:
                examples += [example["value"] for example in node.get("examples", {}).values()]
            for example in examples:
                validator = (
                    request_validator(schema, PROFILES[Compat.DOCUMENTED])
                    if "requestBody" in where
                    else answer_validator(schema)
                )
                assert not list(validator.iter_errors(example)), f"{where}: {example}"
                checked += 1
        assert checked > 80

    def test_every_body_has_an_example(self) -> None:
        for where, node in nodes(CONTRACT.raw["paths"]):
            if where.endswith("requestBody/content/application~json"):
                assert node.get("examples"), where
        for name, response in CONTRACT.raw["components"]["responses"].items():
            content = response["content"]["application/json"]
            assert "example" in content or "examples" in content, name

    def test_the_examples_of_errors_have_codes_the_server_uses(self) -> None:
        codes = {kind.code for kind in KINDS.values()} | {INTERNAL_ERROR.code, "too_many_requests"}
        for _, node in nodes(CONTRACT.raw["components"]["responses"]):
            for example in [node.get("example"), *node.get("examples", {}).values()]:
                body = example.get("value", example) if isinstance(example, dict) else {}
                if "error" in body:
                    assert body["error"]["code"] in codes

    def test_links_lead_to_operations_and_fill_their_parameters(self) -> None:
        operations = {operation.operation_id: operation for operation in CONTRACT.operations()}
        links = [node for where, node in nodes(CONTRACT.raw) if "/links/" in where]
        links = [link for link in links if "operationId" in link]
        assert {link["operationId"] for link in links} >= {
            "getAccount",
            "getAccountLineItem",
            "listAccountLineItems",
        }
        for link in links:
            target = operations[link["operationId"]]
            needed = {part[1:-1] for part in target.path.split("/") if part.startswith("{")}
            given = {name.rpartition(".")[2] for name in link.get("parameters", {})}
            assert needed <= given
            assert given or link["requestBody"]


class TestCode:
    """The code against the contract."""

    def test_every_operation_has_a_handler_and_every_handler_an_operation(self) -> None:
        ids = [operation.operation_id for operation in CONTRACT.operations()]
        assert sorted(ids) == sorted(HANDLERS)

    def test_buckets_are_the_allocations(self) -> None:
        assert {b.name for b in Bucket} == set(SCHEMAS["Allocation"]["enum"])
        overview = SCHEMAS["LineItem"]["properties"]["line_item_overview"]["properties"]
        assert {*SCHEMAS["Allocation"]["enum"], None} == set(overview["allocation"]["enum"])

    def test_account_statuses_are_those_of_the_contract(self) -> None:
        overview = SCHEMAS["Account"]["properties"]["account_overview"]["properties"]
        assert {s.value for s in AccountStatus} == set(overview["account_status"]["enum"])

    def test_every_failure_has_a_status_and_every_status_a_failure(self) -> None:
        assert leaves(Rejection) | leaves(Refusal) == set(KINDS)

    def test_every_failure_stands_in_the_refusal_order_and_nothing_else_does(self) -> None:
        told = {(entry["status"], entry["code"]) for entry in CONTRACT.raw["x-refusal-order"]}
        assert told == {(k.status, k.code) for k in KINDS.values() if k.code not in OWN_CODES}

    @pytest.mark.parametrize("compat", Compat)
    def test_every_status_an_operation_can_answer_is_declared(self, compat: Compat) -> None:
        kinds = {**KINDS, **PROFILES[compat].kinds}.values()
        post = {
            *responses("createAccountDebitOffset"),
            # told before there is an operation
            *map(str, (414, 431, 405)),
        }
        assert {str(int(kind.status)) for kind in kinds} <= post
        assert "default" in post

    def test_every_keyword_a_request_can_break_can_be_told(self) -> None:
        used: set[str] = set()
        for operation in CONTRACT.operations():
            body = operation.definition.get("requestBody", {})
            schemas = [p["schema"] for p in operation.definition.get("parameters", [])]
            for _, node in [*nodes(body), *nodes(schemas)]:
                used |= node.keys()
        checked = answer_validator({}).VALIDATORS.keys() - {"properties", "items", "$ref"}
        assert used & checked <= TOLD_KEYWORDS

    def test_figures_are_those_of_the_contract(self) -> None:
        amount = SCHEMAS["DebitOffsetRequest"]["properties"]["original_amount_cents"]
        assert amount["maximum"] == MAX_AMOUNT_CENTS
        assumed = CONTRACT.raw["x-assumptions"]
        assert figures(assumed["head-limits"]) == [MAX_URL_BYTES, MAX_FIELDS, MAX_HEAD_BYTES]
        assert figures(assumed["json-only"])[-1] == MAX_BODY_BYTES
        assert figures(assumed["strict-json"])[-1] == MAX_DEPTH
        when = {(e["status"], e["code"]): e["when"] for e in CONTRACT.raw["x-refusal-order"]}
        assert figures(when[414, "uri_too_long"]) == [MAX_URL_BYTES]
        assert figures(when[431, "headers_too_large"]) == [MAX_FIELDS, MAX_HEAD_BYTES]
        assert figures(when[413, "payload_too_large"]) == [MAX_BODY_BYTES]
        assert SCHEMAS["Token"]["properties"]["expires_in"]["example"] == LIFETIME_SECONDS

    def test_roles_are_those_the_contract_names(self) -> None:
        named = set().union(*(op.roles or set() for op in CONTRACT.operations()))
        assert named == {role.value for role in Role}

    def test_every_item_type_has_a_rule(self) -> None:
        assert RULES.keys() == set(ItemType)


OWN_CODES = {"sandbox_full", "too_many_sandboxes", "invalid_input"}
"""What only a mock answers: the contract knows nothing of sandboxes."""


class TestFixtures:
    """The fixtures against the contract."""

    def test_the_path_examples_exist_in_every_seed(self, api: Api) -> None:
        parameters = CONTRACT.resolved["components"]["parameters"]
        for example in parameters["AccountId"]["examples"].values():
            assert api.get(f"/accounts/{example['value']}").status_code == 200
        for name in ("LineItemId", "FeeId"):
            example = parameters[name]["example"]
            assert api.get(f"/accounts/can_52322/line_items/{example}").status_code == 200

    def test_golden_answers_keep_the_contract(self) -> None:
        checker = AnswerChecker(CONTRACT)
        stands_for = {
            "<instant>": "2020-07-20T05:11:28-04:00",
            "<id>": "can_1",
            "<text>": "text",
            "<integer>": "0",
        }
        for example in load_examples():
            for request, response in example.exchanges:
                body = json.dumps(response.body)
                for placeholder, value in stands_for.items():
                    body = body.replace(placeholder, value)
                path = request.path.partition("?")[0].replace("{account}", "can_52322")
                broken = checker.broken_rule(
                    request.method, path, response.status, response.headers, body.encode()
                )
                assert broken is None, f"{example.name}: {broken}"

    def test_the_published_example_is_golden_and_in_the_contract(self) -> None:
        golden = next(e for e in load_examples() if e.name == "page")
        post = CONTRACT.raw["paths"]["/accounts/{account_id}/line_items/debit_offsets"]["post"]
        content = post["requestBody"]["content"]["application/json"]
        answer = post["responses"]["200"]["content"]["application/json"]
        request, response = golden.exchanges[0]

        assert request.body == content["examples"]["page"]["value"]
        assert response.body.keys() == answer["examples"]["page"]["value"].keys()
        schema = SCHEMAS["LineItem"]["properties"]
        assert response.body.keys() == schema.keys()
        for name in ("line_item_overview", "line_item_summary"):
            assert response.body[name].keys() == schema[name]["properties"].keys()

    def test_every_golden_example_says_what_it_rests_on_and_what_it_is_for(self) -> None:
        for example in load_examples():
            assert example.evidence in EVIDENCE
            assert example.purpose.endswith(".")

    def test_the_golden_examples_show_every_way_to_fail_that_has_an_operation(self) -> None:
        shown = {
            response.body["error"]["code"]
            for example in load_examples()
            for _, response in example.exchanges
            if response.status >= 400
        }
        codes = {kind.code for kind in KINDS.values()}
        at_the_door = {"uri_too_long", "headers_too_large", "payload_too_large"}
        elsewhere = {"out_of_reach", "too_many_requests"}
        assert shown == codes - OWN_CODES - at_the_door - elsewhere

    def test_the_messages_of_the_contract_are_those_the_server_sends(self) -> None:
        sent = {
            response.body["error"]["message"]
            for example in load_examples()
            for _, response in example.exchanges
            if response.status >= 400
        }
        not_golden = {
            *("payload_too_large", "too_many_requests", "internal_error", "out_of_reach"),
        }
        for name, response in CONTRACT.raw["components"]["responses"].items():
            content = response["content"]["application/json"]
            examples = [content["example"]] if "example" in content else []
            examples += [example["value"] for example in content.get("examples", {}).values()]
            for example in examples:
                if example["error"]["code"] not in not_golden:
                    assert example["error"]["message"] in sent, name


def responses(operation_id: str) -> set[str]:
    (operation,) = (o for o in CONTRACT.operations() if o.operation_id == operation_id)
    return set(operation.definition["responses"])


def figures(text: str) -> list[int]:
    """Give the numbers in a text, which may be grouped by spaces."""
    return [int(found.replace(" ", "")) for found in re.findall(r"[0-9]+(?: [0-9]{3})*", text)]


def test_the_defaults_of_the_command_are_those_of_the_settings() -> None:
    with serve_command.make_context("serve", []) as context:
        assert settings(context.params) == Settings()
