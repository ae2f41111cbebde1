"""The layers of a run: each probe looks, and looks again where something is broken."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import contract_tests.probes  # noqa: F401 - so that all probes are there
from contract_tests.bench import Bench, Break, ProbeEndedError, UntestedError
from contract_tests.client import OutOfTimeError, ThrottledError
from contract_tests.exchange import Exchange
from contract_tests.findings import (
    Finding,
    LayerResult,
    RuleResult,
    RuleState,
)
from contract_tests.pace import (
    KEPT_SECONDS,
)
from contract_tests.plan import ORDER, Plan
from contract_tests.probe import Probe, Turn, all_probes, first_of, named, of_layer
from contract_tests.quick_order import QUICK_ORDER
from contract_tests.replay import Kept, finding_of
from contract_tests.rules import Rule, rules

_MORE_TRIES = 2
_MOST_ALLOWANCES = 3
"""How often a run may take longer because something was not answered."""
_GRACE_SECONDS = 0.8
"""How long a run may take beyond its end because of that."""
_LONG_SECONDS, _OFTEN, _TWICE = 2.0, 3, 2
_MIN_TRIES = {"http.answers": 2, "growth.posts": 1, "growth.reads": 1, "growth.lists": 1}
"""What a busy machine may cause: it counts only where it shows each time, and how often it has to
(a look at growth measures twice)."""

Progress = Callable[[LayerResult, int], None]


class Run:
    """The layers of a run, one after the other, and what they found."""

    def __init__(self, bench: Bench, plan: Plan, end: float) -> None:
        self.bench = bench
        self.plan = plan
        self._end = end
        self.notes: list[str] = []
        self._findings: dict[str, Kept] = {}
        self._reasons: defaultdict[str, list[str]] = defaultdict(list)
        self._layer_reasons: defaultdict[str, list[str]] = defaultdict(list)
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._requests: Counter[str] = Counter()
        self._early: set[str] = set()
        self._kept_seconds = KEPT_SECONDS if plan.is_quick and "growth" in plan.layers else 0.0
        bench.client.deadline -= self._kept_seconds
        self._allowances = _MOST_ALLOWANCES
        first = list(bench.breaks)  # by the first look
        bench.breaks.clear()
        for found in first:
            if found.silent is None:
                self._keep(found, "shape", 1, 1)
            else:
                self._look_again_at_silence(found, found.silent, "shape", is_first=True)

    def layers(self, progress: Progress) -> Iterator[LayerResult]:
        """Run the layers that are wanted."""
        wanted = [layer for layer in ORDER if layer in self.plan.layers]
        self._take(first_of(wanted))
        if self.plan.is_quick:
            self._take(probe for probe in named(QUICK_ORDER) if probe.layer in wanted)
        rest = (Turn.FULL,) if self.plan.is_quick else (Turn.IN_ORDER, Turn.FULL)
        for layer in wanted:
            self._take(probe for probe in of_layer(layer) if probe.turn in rest)
            reasons = "; ".join(dict.fromkeys(self._layer_reasons[layer]))
            result = LayerResult(layer, self._seconds[layer], self._requests[layer], reasons)
            progress(result, len(self._findings))
            yield result

    def _take(self, several: Iterable[Probe]) -> None:
        """Let probes look, and in between what has to look at once."""
        for probe in several:
            if probe.name not in self._early or self._findings.keys().isdisjoint(probe.rules):
                self._give_turn(probe)  # what looked early in vain may have looked too early
            for other in self._called_early():
                self._early.add(other.name)
                self._give_turn(other)

    def _called_early(self) -> Iterator[Probe]:
        """Give what has to look at once, as there may be no time for it later."""
        for probe in all_probes():
            is_due = probe.layer in self.plan.layers and probe.name not in self._early
            if is_due and probe.is_called_early and probe.is_called_early(self.bench):
                yield probe

    def _give_turn(self, probe: Probe) -> None:
        """Let a probe look; where it does not see all, keep why, for what it is about."""
        began, before = time.monotonic(), len(self.bench.client.exchanges)
        if probe.layer == "growth" and probe.turn is not Turn.FIRST:
            self._free_kept_seconds()
        reason = self._run(probe)
        if reason and probe.layer == "growth":
            self._free_kept_seconds()
        self._seconds[probe.layer] += time.monotonic() - began
        self._requests[probe.layer] += len(self.bench.client.exchanges) - before
        if reason:
            self._layer_reasons[probe.layer].append(reason)
        for rule_id in probe.rules if reason else ():
            self._reasons[rule_id].append(reason)

    def _free_kept_seconds(self) -> None:
        """Let the run have what was kept for a look at growth."""
        self.bench.client.deadline += self._kept_seconds
        self._kept_seconds = 0.0

    def _run(self, probe: Probe) -> str:
        """Let a probe look, and look again at what is broken; give why it did not see all."""
        if self.plan.is_quick and probe.turn is Turn.FULL:
            return "not in a quick run"
        if probe.writes and not self.bench.target.allows_writes:
            return "needs --allow-writes"
        reason, first = self._look(probe)
        new = {of.rule_id: of for of in reversed(first) if self._is_news(rules()[of.rule_id])}
        seen, tries = Counter(new.keys()), 1
        silent = [(found, found.silent) for found in new.values() if found.silent is not None]
        for found, unanswered in silent:
            is_settled = self._look_again_at_silence(found, unanswered, probe.layer)
            if is_settled or found.how != "race":
                del new[found.rule_id]
        for _ in range(_MORE_TRIES):
            if not new or (tries > 1 and all(seen[rule_id] == tries for rule_id in new)):
                break
            if "http.answers" in new:
                self._allow_for_silence()
            try:
                _, again = self._look(probe, raises=True)
            except OutOfTimeError:
                break
            tries += 1
            repeated = {found.rule_id: found for found in reversed(again)}
            seen.update(rule_id for rule_id in repeated if rule_id in new)
            new = {rule_id: repeated.get(rule_id, found) for rule_id, found in new.items()}
        for rule_id, found in new.items():
            self._keep(found, probe.layer, seen[rule_id], tries)
        return reason

    def _look_again_at_silence(
        self, found: Break, unanswered: Exchange, layer: str, *, is_first: bool = False
    ) -> bool:
        """Send what was not answered again, alone, and keep that if it is not answered then.

        ``is_first`` is: nothing more can be seen of the server if there is no time for that. Tell
        whether it is kept.
        """
        self._allow_for_silence()
        try:
            again = self.bench.client.send_alone(unanswered.request)
        except OutOfTimeError:
            is_kept = is_first or self._was_often_silent()
            if is_kept:
                self._findings[found.rule_id] = Kept(found, layer, 1, 1)
            return is_kept
        if again.answer is None:
            shown = found.exchanges if found.how == "race" else (again,)
            self._keep(found._replace(exchanges=shown), layer, 2, 2)
        elif found.how != "race":
            if self._was_often_silent(_TWICE):
                self._findings[found.rule_id] = Kept(found, layer, 1, 2)
                return True
            self.notes.append(f"{found.rule_id}: once {found.got}, and not again")
        return again.answer is None

    def _was_often_silent(self, often: int = _OFTEN) -> bool:
        """Tell whether so many requests were not answered for so long that no machine is it."""
        silent = (of for of in self.bench.client.exchanges if of.answer is None)
        return sum(of.seconds >= _LONG_SECONDS for of in silent) >= often

    def _allow_for_silence(self) -> None:
        """Let layers take longer, by one time-out: who waits in vain is to know whether always."""
        if not self._allowances:
            return
        self._allowances -= 1
        client = self.bench.client
        until = time.monotonic() + 1.5 * client.target.timeout_seconds
        client.deadline = max(client.deadline, min(until, self._end + _GRACE_SECONDS))

    def _look(self, probe: Probe, *, raises: bool = False) -> tuple[str, list[Break]]:
        reason = ""
        try:
            probe.look(self.bench)
        except UntestedError as untested:
            reason = str(untested)
        except ProbeEndedError:
            pass
        except OutOfTimeError as error:
            if raises and not self.bench.breaks:
                raise
            is_throttled = isinstance(error, ThrottledError)
            reason = "the server throttles" if is_throttled else "out of time"
        except Exception as error:  # noqa: BLE001 - a server may answer whatever it likes
            # an answer of a shape that no probe expects; what it lacks is noted already
            reason = f"{probe.name} could not go on: {type(error).__name__} {error}"
        found = list(self.bench.breaks)
        self.bench.breaks.clear()
        return reason, found

    def _is_news(self, rule: Rule) -> bool:
        return self._is_of_operation(rule) and rule.rule_id not in self._findings

    def _is_of_operation(self, rule: Rule) -> bool:
        wanted = self.plan.operations
        return not wanted or any(operation in wanted for operation in rule.operations)

    def _keep(self, found: Break, layer: str, seen: int, tries: int) -> None:
        if found.rule_id in _MIN_TRIES and (seen < tries or tries < _MIN_TRIES[found.rule_id]):
            self.notes.append(f"{found.rule_id}: once {found.got}, and not again")
            return
        self._findings[found.rule_id] = Kept(found, layer, seen, tries)

    def findings(self) -> Sequence[Finding]:
        """Give what was found, in the order in which it was, sending it once more."""
        baseline = self.plan.baseline
        return [finding_of(self.bench, kept, baseline) for kept in self._findings.values()]

    def results(self) -> Sequence[RuleResult]:
        """Give what became of each rule."""
        return [self._result(of) for of in rules().values() if self._is_asked_for(of)]

    def _is_asked_for(self, rule: Rule) -> bool:
        """Tell whether a run is to say anything of ``rule``."""
        is_of_layer = rule.layer in self.plan.layers or rule.rule_id in self._findings
        return is_of_layer and self._is_of_operation(rule)

    def _result(self, rule: Rule) -> RuleResult:
        checks = self.bench.checks[rule.rule_id]
        state = RuleState.HOLDS if checks else RuleState.UNTESTED
        if rule.rule_id in self._findings:
            state = RuleState.BROKEN
        reason = "; ".join(dict.fromkeys(self._reasons[rule.rule_id]))
        return RuleResult(rule, state, checks, reason if state is RuleState.UNTESTED else "")
