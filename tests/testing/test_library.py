"""``mockserver.testing``: what a test in Python has of a sandbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import requests

from mockserver.testing import (
    CanopyMock,
    ControlError,
    InconclusiveError,
    Server,
    StartError,
    at,
    in_process,
    running,
)
from tests.running import serving_oddly

POST = "/accounts/can_52322/line_items/debit_offsets"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running("--accounts", "3") as started:
        yield started


@pytest.fixture
def mock(server: Server) -> Iterator[CanopyMock]:
    with server.sandbox() as made:
        yield made


class TestAccounts:
    """Accounts that owe what a test needs."""

    def test_an_account_owes_what_is_said(self, mock: CanopyMock) -> None:
        account = mock.account(
            principal_cents=1_000,
            interest_cents=20,
            deferred_interest_cents=3,
            fees_cents=400,
            credit_limit_cents=9_000,
            status="SUSPENDED",
            effective_at="2019-05-06T00:00:00Z",
        )

        assert account.total_cents == 1_423
        assert account.summary["principal_cents"] == 1_000
        assert account.summary["interest_balance_cents"] == 20
        assert account.summary["deferred_interest_balance_cents"] == 3
        assert account.summary["fees_balance_cents"] == 400
        assert account.summary["credit_limit_cents"] == 9_000
        assert account.status == "SUSPENDED"
        assert account.read()["effective_at"] == "2019-05-06T00:00:00+00:00"
        assert len(account.line_items()) == 4
        assert len(account.line_items("LATE_FEE")) == 1

    def test_it_owes_the_same_for_ever(self, mock: CanopyMock) -> None:
        account = mock.account(principal_cents=1_000, interest_cents=20)
        mock.clock.advance(days=3_650)
        assert account.total_cents == 1_020

    def test_reading_it_is_no_exchange(self, mock: CanopyMock) -> None:
        account = mock.account(principal_cents=1)
        fault = mock.faults.add(answer={"status": 500})
        assert account.total_cents == 1
        assert mock.exchanges.all() == []
        assert mock.faults.struck(fault) == 0

    def test_what_makes_no_sense_is_told(self, mock: CanopyMock) -> None:
        with pytest.raises(ControlError, match=r"422: .*/body/principal_cents must be >= 0"):
            mock.account(principal_cents=-1)
        with pytest.raises(ControlError, match="404: There is no such account"):
            mock.account("nobody").read()


class TestClock:
    """Time that a test moves."""

    def test_it_moves_forward_only(self, mock: CanopyMock) -> None:
        began = mock.clock.freeze(datetime(2035, 1, 1, tzinfo=UTC))
        assert mock.clock.now() == began == datetime(2035, 1, 1, tzinfo=UTC)
        assert mock.clock.advance(timedelta(hours=1), minutes=1) == began + timedelta(minutes=61)
        assert mock.clock.advance_to(began + timedelta(days=1)) == began + timedelta(days=1)
        assert mock.clock.run() >= began + timedelta(days=1)
        with pytest.raises(ControlError, match="409: It is 2035"):
            mock.clock.advance_to(began)

    def test_instants_may_be_text_and_spans_seconds(self, mock: CanopyMock) -> None:
        assert mock.clock.freeze("2036-01-01T00:00:00Z") == datetime(2036, 1, 1, tzinfo=UTC)
        assert mock.clock.advance(5) == datetime(2036, 1, 1, 0, 0, 5, tzinfo=UTC)
        assert mock.clock.advance_to("2036-02-01T01:00:00+01:00").month == 2
        with pytest.raises(ControlError, match='/body/at must match format "date-time"'):
            mock.clock.freeze("2037-01-01")

    def test_an_instant_of_nowhere_is_told(self, mock: CanopyMock) -> None:
        with pytest.raises(ValueError, match="has no time zone"):
            mock.clock.freeze(datetime(2035, 1, 1))  # noqa: DTZ001 - that is the point


class TestFaults:
    """What goes wrong on purpose."""

    def test_a_fault_ends_with_its_window(self, mock: CanopyMock) -> None:
        now = mock.clock.freeze()
        until = now + timedelta(minutes=1)
        fault = mock.faults.add(since=now, until=until, answer={"status": 503, "body": "gone"})
        assert mock.client.get("/accounts").text == "gone"
        mock.clock.advance(minutes=1)
        assert mock.client.get("/accounts").status_code == 200
        assert mock.faults.struck(fault) == 1

    def test_faults_are_removed(self, mock: CanopyMock) -> None:
        first, second = (mock.faults.add(answer={"status": 500}) for _ in range(2))
        mock.faults.remove(first)
        with pytest.raises(KeyError):
            mock.faults.struck(first)
        with pytest.raises(ControlError, match="404: There is no fault"):
            mock.faults.remove(first)
        assert mock.client.get("/accounts").status_code == 500
        assert mock.faults.struck(second) == 1
        mock.faults.clear()
        assert mock.client.get("/accounts").status_code == 200

    def test_a_rate_is_limited_and_set_free(self, mock: CanopyMock) -> None:
        mock.clock.freeze()
        mock.faults.limit_rate(0)
        assert mock.client.get("/accounts").status_code == 429
        mock.faults.limit_rate(None)
        assert mock.client.get("/accounts").status_code == 200

    def test_without_a_socket_a_break_is_raised(self) -> None:
        # the control API and the contract are one application
        app = in_process(accounts=3)
        from starlette.testclient import TestClient  # noqa: PLC0415 - warns where it is imported

        headers = {"Authorization": "Bearer sbx_1"}
        with TestClient(app, base_url="http://localhost", headers=headers) as client:
            assert client.post("/_mock/faults", json={"breaks": "reset"}).status_code == 200
            with pytest.raises(ConnectionError, match="A fault breaks the connection: reset"):
                client.get("/accounts")


class TestExchanges:
    """What was asked."""

    def test_sequences_and_counts(self, mock: CanopyMock) -> None:
        mock.client.get("/accounts/can_52322")
        mock.client.post(POST, json={"original_amount_cents": 1})
        mock.exchanges.assert_sequence({"method": "GET"}, {"method": "POST", "status": 200})
        mock.exchanges.assert_called(at_least=2, at_most=2)
        with pytest.raises(AssertionError, match="step 2 of the sequence, method=GET, did not"):
            mock.exchanges.assert_sequence({"method": "POST"}, {"method": "GET"})
        with pytest.raises(AssertionError, match="no exchange has status=500"):
            mock.exchanges.last(status=500)
        assert mock.exchanges.last(method="POST").answer_json()["account_id"] == "can_52322"
        mock.exchanges.clear()
        assert mock.exchanges.all() == []

    def test_what_is_not_answered_yet_is_inconclusive(self, mock: CanopyMock) -> None:
        mock.faults.add(delay={"ms": 1_000}, fault_id="slow")
        asking = threading.Thread(target=mock.client.get, args=("/accounts/can_52322",))
        asking.start()
        while mock.faults.struck("slow") == 0:
            pass
        with pytest.raises(InconclusiveError, match="expected 1 or more, found 0; 1 not answered"):
            mock.exchanges.assert_called(operation="getAccount")
        mock.exchanges.assert_called(operation="getAccount", wait_seconds=10)
        asking.join()


class TestServers:
    """Servers, and who talks to them."""

    def test_other_clients_are_given_a_url_and_a_token(self, mock: CanopyMock) -> None:
        answer = requests.get(f"{mock.url}/accounts", headers=mock.headers, timeout=10)
        assert answer.status_code == 200
        mock.exchanges.assert_called(1, operation="listAccounts")

    def test_a_sandbox_goes_back_and_forth(self, mock: CanopyMock) -> None:
        account = mock.account("can_52322")
        before = account.total_cents
        saved = mock.snapshot()
        mock.client.post(POST, json={"original_amount_cents": 5})
        state = mock.export_state()
        saved.restore()
        assert account.total_cents == before
        mock.import_state(state)
        assert account.total_cents == before - 5
        mock.reset()
        assert account.total_cents == before
        with pytest.raises(ControlError, match="422: This is no ledger to go on from: seed"):
            mock.import_state({**state, "seed": [{"type": "nothing"}]})

    def test_a_snapshot_is_forgotten(self, mock: CanopyMock) -> None:
        saved = mock.snapshot()
        saved.delete()
        for gone in (saved.delete, saved.restore):
            with pytest.raises(ControlError, match="404: There is no snapshot snapshot_1"):
                gone()

    def test_everything_shows_what_it_is(self, mock: CanopyMock) -> None:
        assert repr(mock) == f"CanopyMock({mock.url!r}, {mock.token!r})"
        assert repr(mock.account("can_52322")) == "Account('can_52322')"
        assert repr(mock.snapshot()) == "Snapshot('snapshot_1')"

    def test_a_broken_ledger_fails_the_sandbox(self) -> None:
        def used(server: Server, *, is_corrupted: bool) -> None:
            with server.sandbox() as mock:
                mock.client.post(POST, json={"original_amount_cents": 1})
                if is_corrupted:
                    httpx.post(f"{mock.url}/corrupt/{mock.token}").raise_for_status()

        told = r"the ledger is broken:\n\s+account can_52322 is not what its events lead to"
        with serving_oddly({}) as odd, at(odd.url) as server:
            with pytest.raises(AssertionError, match=told):
                used(server, is_corrupted=True)
            used(server, is_corrupted=False)

    def test_a_server_that_does_not_start_says_why(self) -> None:
        with (
            pytest.raises(StartError, match="canopy-mock: Invalid value for '--accounts'"),
            running("--accounts", "2"),
        ):
            pass

    def test_a_token_says_whose_test_it_is(self, server: Server) -> None:
        mock = server.sandbox("test_it[ä-1]")
        assert mock.token.startswith("sbx_test_it_-1_")
        assert httpx.get(f"{mock.url}/accounts", headers=mock.headers).status_code == 200
        mock.close()
