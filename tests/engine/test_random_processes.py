"""Random block-structured processes against what their structure says: same result in memory, with a reload before

each step, and with the budget cutting between any two elements."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest
from tests.engine.harness import COMPENSATE, ERROR, MESSAGE, FakeHost, Run, chain, compiled, flow, on, say, script, undo

from stellwerk.engine import Budget, Definition

SEEDS = int(os.environ.get("STELLWERK_FUZZ", "60"))


ESCALATION = '<escalationEventDefinition escalationRef="X1"/>'
DECLARED = '<escalation id="X1" escalationCode="X1" name="X1"/>'


@dataclass
class Block:
    """XML of one block, its first and last node, and how often each task in it completes."""

    xml: str
    first: str
    last: str
    counts: Counter[str]


class Generator:
    def __init__(self, seed: int, calls: bool = True) -> None:
        self.calls, self.random = calls, random.Random(seed)
        self.number = 0
        self.called: dict[str, Definition] = {}

    def block(self, depth: int, repeated: bool = False) -> Block:
        kinds = (
            ["task", "user", "job"]
            if not depth
            else [
                "task",
                "user",
                "seq",
                "and",
                "xor",
                "loop",
                "sub",
                "multi",
                "error",
                "or",
                "escalation",
                "undo",
                "cancel",
                "complex",
                "adhoc",
            ]
        )
        kinds += ["message"] if depth and not repeated else []
        kinds += ["call"] if depth and self.calls else []
        kind = self.random.choice([k for k in kinds if not (repeated and k == "loop")])
        self.number += 1
        make = getattr(self, f"_{kind}")
        block: Block = make(self.number, depth - 1, repeated)
        return block

    def _task(self, n: int, depth: int, repeated: bool) -> Block:
        return Block(say(f"t{n}"), f"t{n}", f"t{n}", Counter({f"t{n}": 1}))

    def _user(self, n: int, depth: int, repeated: bool) -> Block:
        return Block(f'<userTask id="t{n}"/>', f"t{n}", f"t{n}", Counter({f"t{n}": 1}))

    def _job(self, n: int, depth: int, repeated: bool) -> Block:
        return Block(f'<serviceTask id="t{n}" camunda:topic="w"/>', f"t{n}", f"t{n}", Counter({f"t{n}": 1}))

    def _message(self, n: int, depth: int, repeated: bool) -> Block:
        """A message task beside which a user task is open; the message is sent from the parallel branch."""
        xml = (
            f'<parallelGateway id="g{n}"/><receiveTask id="t{n}" messageRef="m"/><userTask id="u{n}"/>'
            f'<intermediateThrowEvent id="h{n}">{MESSAGE}</intermediateThrowEvent><parallelGateway id="j{n}"/>'
            f"{chain(f'g{n}', f't{n}', f'j{n}')}{chain(f'g{n}', f'u{n}', f'h{n}', f'j{n}')}"
        )
        return Block(xml, f"g{n}", f"j{n}", Counter({f"t{n}": 1, f"u{n}": 1}))

    def _seq(self, n: int, depth: int, repeated: bool) -> Block:
        blocks = [self.block(depth, repeated) for _ in range(self.random.randint(2, 3))]
        flows = "".join(flow(a.last, b.first) for a, b in pairwise(blocks))
        xml = "".join(b.xml for b in blocks) + flows
        return Block(xml, blocks[0].first, blocks[-1].last, sum((b.counts for b in blocks), Counter()))

    def _and(self, n: int, depth: int, repeated: bool) -> Block:
        return self._split(
            "parallelGateway", n, [self.block(depth, repeated) for _ in range(self.random.randint(2, 3))], None
        )

    def _xor(self, n: int, depth: int, repeated: bool) -> Block:
        blocks = [self.block(depth, repeated) for _ in range(self.random.randint(2, 3))]
        return self._split("exclusiveGateway", n, blocks, self.random.randrange(len(blocks)))

    def _split(self, tag: str, n: int, blocks: list[Block], chosen: int | None) -> Block:
        xml, counts = f'<{tag} id="g{n}"/><{tag} id="j{n}"/>', Counter[str]()
        for index, block in enumerate(blocks):
            condition = None if chosen is None else str(index == chosen)
            xml += block.xml + flow(f"g{n}", block.first, condition) + flow(block.last, f"j{n}")
            counts += block.counts if chosen in (None, index) else Counter()
        return Block(xml, f"g{n}", f"j{n}", counts)

    def _or(self, n: int, depth: int, repeated: bool) -> Block:
        """An inclusive split of which at least one branch is taken, and an inclusive join."""
        blocks = [self.block(depth, repeated) for _ in range(self.random.randint(2, 3))]
        taken = [self.random.random() < 0.5 for _ in blocks]
        taken[0] |= not any(taken)
        xml, counts = f'<inclusiveGateway id="g{n}"/><inclusiveGateway id="j{n}"/>', Counter[str]()
        for block, goes in zip(blocks, taken, strict=True):
            xml += block.xml + flow(f"g{n}", block.first, str(goes)) + flow(block.last, f"j{n}")
            counts += block.counts if goes else Counter()
        return Block(xml, f"g{n}", f"j{n}", counts)

    def _escalation(self, n: int, depth: int, repeated: bool) -> Block:
        """A subprocess that escalates at its end; the boundary event beside it runs a block; both merge inclusively."""
        body, beside = self.block(depth, repeated), self.block(depth, repeated)
        xml = (
            f'<inclusiveGateway id="j{n}"/><subProcess id="p{n}"><startEvent id="s{n}"/>'
            f'<endEvent id="e{n}">{ESCALATION}</endEvent>{body.xml}'
            f"{chain(f's{n}', body.first)}{chain(body.last, f'e{n}')}"
            f"</subProcess>{on(f'b{n}', f'p{n}', ESCALATION, interrupting=False)}{beside.xml}"
            f"{chain(f'b{n}', beside.first)}{chain(beside.last, f'j{n}')}{chain(f'p{n}', f'j{n}')}"
        )
        return Block(xml, f"p{n}", f"j{n}", body.counts + beside.counts)

    def _complex(self, n: int, depth: int, repeated: bool) -> Block:
        """A complex join that passes when all have come; then it is reset at once."""
        blocks = [self.block(depth, repeated) for _ in range(self.random.randint(2, 3))]
        enough = f'<activationCondition xsi:type="tFormalExpression">activationCount == {len(blocks)}'
        xml = f'<parallelGateway id="g{n}"/><complexGateway id="j{n}">{enough}</activationCondition></complexGateway>'
        for block in blocks:
            xml += block.xml + flow(f"g{n}", block.first) + flow(block.last, f"j{n}")
        return Block(xml, f"g{n}", f"j{n}", sum((b.counts for b in blocks), Counter()))

    def _adhoc(self, n: int, depth: int, repeated: bool) -> Block:
        blocks = [self.block(depth, repeated) for _ in range(2)]
        order = self.random.choice(["Parallel", "Sequential"])
        xml = f'<adHocSubProcess id="p{n}" ordering="{order}">{blocks[0].xml}{blocks[1].xml}</adHocSubProcess>'
        return Block(xml, f"p{n}", f"p{n}", blocks[0].counts + blocks[1].counts)

    def _undo(self, n: int, depth: int, repeated: bool) -> Block:
        """What was done beside a block is undone at the end of a subprocess."""
        body = self.block(depth, True)
        xml = (
            f'<subProcess id="p{n}"><startEvent id="s{n}"/>{say(f"a{n}")}{undo(f"a{n}")}{body.xml}'
            f'<endEvent id="e{n}">{COMPENSATE}</endEvent>{chain(f"s{n}", f"a{n}", body.first)}'
            f"{chain(body.last, f'e{n}')}</subProcess>"
        )
        return Block(xml, f"p{n}", f"p{n}", body.counts + Counter({f"a{n}": 1, f"undo_a{n}": 1}))

    def _cancel(self, n: int, depth: int, repeated: bool) -> Block:
        """A transaction that is cancelled at its end goes on behind its cancel boundary event."""
        body, after = self.block(depth, True), self.block(depth, repeated)
        cancel = "<cancelEventDefinition/>"
        xml = (
            f'<transaction id="p{n}"><startEvent id="s{n}"/>{say(f"a{n}")}{undo(f"a{n}")}{body.xml}'
            f'<endEvent id="e{n}">{cancel}</endEvent>{chain(f"s{n}", f"a{n}", body.first)}{chain(body.last, f"e{n}")}'
            f"</transaction>{on(f'b{n}', f'p{n}', cancel)}"
            f'<task id="j{n}"/>{after.xml}{chain(f"b{n}", after.first)}{chain(after.last, f"j{n}")}'
            f"{chain(f'p{n}', f'j{n}')}"
        )
        undone = Counter({f"a{n}": 1, f"undo_a{n}": 1})
        return Block(xml, f"p{n}", f"j{n}", body.counts + after.counts + undone)

    def _loop(self, n: int, depth: int, repeated: bool) -> Block:
        body, rounds = self.block(depth, repeated), self.random.randint(1, 3)
        xml = (
            f'{script(f"z{n}", f"c{n} = 0")}<exclusiveGateway id="k{n}"/><exclusiveGateway id="x{n}" default="bk{n}"/>'
            f'{script(f"i{n}", f"c{n} = c{n} + 1")}<task id="o{n}"/>{body.xml}'
            f"{chain(f'z{n}', f'k{n}', body.first)}{chain(body.last, f'i{n}', f'x{n}')}"
            f"{flow(f'x{n}', f'k{n}', id=f'bk{n}')}{flow(f'x{n}', f'o{n}', f'c{n} == {rounds}')}"
        )
        return Block(xml, f"z{n}", f"o{n}", Counter({name: k * rounds for name, k in body.counts.items()}))

    def _sub(self, n: int, depth: int, repeated: bool) -> Block:
        return self._subprocess(n, self.block(depth, repeated), 1, "")

    def _call(self, n: int, depth: int, repeated: bool) -> Block:
        """A block in a process of its own, perhaps one that ends with an error which the caller catches."""
        body, fails = self.block(depth, repeated), self.random.random() < 0.3
        end = f'<endEvent id="e{n}">{ERROR if fails else ""}</endEvent>'
        inner = f'<startEvent id="s{n}"/>{body.xml}{end}{chain(f"s{n}", body.first)}{chain(body.last, f"e{n}")}'
        self.called[f"c{n}"] = compiled(inner, DECLARED, f"c{n}")
        xml = f'<callActivity id="p{n}" calledElement="c{n}"/><task id="j{n}"/>{on(f"b{n}", f"p{n}", ERROR)}'
        return Block(xml + chain(f"p{n}", f"j{n}") + chain(f"b{n}", f"j{n}"), f"p{n}", f"j{n}", body.counts)

    def _multi(self, n: int, depth: int, repeated: bool) -> Block:
        count, sequential = self.random.randint(0, 3), self.random.choice(["true", "false"])
        marker = (
            f'<multiInstanceLoopCharacteristics isSequential="{sequential}"><loopCardinality>{count}</loopCardinality>'
            "</multiInstanceLoopCharacteristics>"
        )
        return self._subprocess(n, self.block(depth, True), count, marker)

    def _subprocess(self, n: int, body: Block, count: int, marker: str) -> Block:
        xml = (
            f'<subProcess id="p{n}">{marker}<startEvent id="s{n}"/><endEvent id="e{n}"/>{body.xml}'
            f"{flow(f's{n}', body.first)}{flow(body.last, f'e{n}')}</subProcess>"
        )
        return Block(xml, f"p{n}", f"p{n}", Counter({name: k * count for name, k in body.counts.items() if count}))

    def _error(self, n: int, depth: int, repeated: bool) -> Block:
        """A subprocess that ends with an error; the boundary event leads on through another block."""
        body, after = self.block(depth, repeated), self.block(depth, repeated)
        xml = (
            f'<subProcess id="p{n}"><startEvent id="s{n}"/><endEvent id="e{n}">{ERROR}</endEvent>{body.xml}'
            f"{flow(f's{n}', body.first)}{flow(body.last, f'e{n}')}</subProcess>{on(f'b{n}', f'p{n}', ERROR)}"
            f'<task id="j{n}"/>{after.xml}{chain(f"b{n}", after.first)}{chain(after.last, f"j{n}")}'
            f"{chain(f'p{n}', f'j{n}')}"
        )
        return Block(xml, f"p{n}", f"j{n}", body.counts + after.counts)


def work_off(r: Run, seed: int) -> Counter[str]:
    """Complete what is open in a random order until nothing is; how often each thing was done."""
    choose, done = random.Random(seed), Counter[str]()
    while r.end is None:
        open_now = sorted([*r.tasks.items(), *r.jobs.items()])
        assert open_now, f"nothing is open, the instance has not ended; active: {list(r.active.values())}"
        _, event = choose.choice(open_now)
        done[event.element_id] += 1
        (r.complete if event.token in r.tasks else r.finish)(event.element_id)
    return done


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_process_does_what_its_structure_says(seed):
    generator = Generator(seed)
    block = generator.block(generator.random.randint(2, 4))
    ends = chain("s", block.first) + chain(block.last, "last")
    definition = compiled(f'<startEvent id="s"/>{block.xml}{say("last")}{ends}', DECLARED)
    expected = block.counts + Counter({"last": 1})
    traces = []
    elements = {id: e for d in (definition, *generator.called.values()) for id, e in d.elements.items()}
    for reload, steps in ((False, 10**6), (True, 10**6), (True, 1), (False, 3)):
        host = FakeHost(processes=generator.called)
        r = Run(definition, host, reload=reload, budget=Budget(steps, 1e9)).start()
        done = work_off(r, seed)
        done += Counter(r.host.trace)
        done += Counter({k: r.count(k) for k in expected if elements[k].type == "receiveTask"})
        assert done == expected
        assert r.completed
        assert r.host.trace[-1] == "last"
        r.assert_clean()
        traces.append((r.host.trace, [e for e in r.log if type(e).__name__ != "ContinueRequested"]))
    assert traces[1] == traces[0]  # a reload changes nothing, down to the events
