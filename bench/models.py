"""The diagrams that are measured."""

from __future__ import annotations

from itertools import pairwise

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' id="definitions" targetNamespace="bench">'
)
START, END = '<startEvent id="start"/>', '<endEvent id="end"/>'


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def path(*nodes: str) -> str:
    return "".join(flow(a, b) for a, b in pairwise(nodes))


def process(key: str, body: str, declared: str = "") -> bytes:
    return (
        f'{HEAD}{declared}<process id="{key}" name="{key}" isExecutable="true">{body}</process></definitions>'.encode()
    )


def script(id: str, text: str) -> str:
    return f'<scriptTask id="{id}" scriptFormat="python"><script>{text}</script></scriptTask>'


# -- throughput: (a) three scripts and a gateway, (b) three service tasks, (c) a user task
SCRIPTS = process(
    "scripts",
    START
    + script("net", "net = price * amount")
    + script("tax", "tax = net * 19 // 100")
    + '<exclusiveGateway id="large" default="large_total"/>'
    + script("total", "total = net + tax")
    + '<endEvent id="refused"/>'
    + END
    + path("start", "net", "tax", "large", "total", "end")
    + flow("large", "refused", "net &gt; 1000000"),
)
SERVICES = process(
    "services",
    START
    + "".join(
        f'<serviceTask id="{id}" camunda:type="external" camunda:topic="bench"/>' for id in ("first", "second", "third")
    )
    + END
    + path("start", "first", "second", "third", "end"),
)
USER_TASK = process("usertask", START + '<userTask id="work" name="Work"/>' + END + path("start", "work", "end"))

# -- growth: a loop around a user task `turn`; what stands before it in the loop is what may grow
PARALLEL = (
    '<parallelGateway id="split"/><task id="left"/><task id="right"/><parallelGateway id="join"/>'
    + path("split", "left", "join")
    + path("split", "right", "join")
)
SUBPROCESS = (
    '<subProcess id="sub"><startEvent id="inner"/><userTask id="turn"/><endEvent id="over"/>'
    + path("inner", "turn", "over")
    + "</subProcess>"
    '<boundaryEvent id="late" attachedToRef="sub"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
    '</timerEventDefinition></boundaryEvent><boundaryEvent id="told" attachedToRef="sub" cancelActivity="false">'
    '<messageEventDefinition messageRef="news"/></boundaryEvent><endEvent id="gone"/>'
    + flow("late", "gone")
    + flow("told", "gone")
)
MULTI_INSTANCE = (
    '<task id="several"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>'
    "</multiInstanceLoopCharacteristics></task>"
)
TURN = '<userTask id="turn"/>'


def loop(key: str, body: str, *nodes: str) -> bytes:
    """start -> merge -> nodes -> more -> merge, or -> end when `stop` is true."""
    return process(
        key,
        START
        + '<exclusiveGateway id="merge"/>'
        + body
        + '<exclusiveGateway id="more" default="more_merge"/>'
        + END
        + path("start", "merge", *nodes, "more", "merge")
        + flow("more", "end", "stop"),
        declared='<message id="news" name="news"/>',
    )


LOOPS = {
    "plain": loop("plain", TURN + '<task id="step"/>', "turn", "step"),
    "parallel": loop("parallel", TURN + PARALLEL, "turn", "split").replace(
        flow("split", "more").encode(), flow("join", "more").encode()
    ),
    "subprocess with boundary events": loop("subprocess", SUBPROCESS, "sub"),
    "multi-instance": loop("multiinstance", TURN + MULTI_INSTANCE, "turn", "several"),
}
