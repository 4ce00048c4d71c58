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
    '<boundaryEvent id="late" attachedToRef="sub"><timerEventDefinition><timeDuration>"PT1H"</timeDuration>'
    '</timerEventDefinition></boundaryEvent><boundaryEvent id="told" attachedToRef="sub" cancelActivity="false">'
    '<messageEventDefinition messageRef="news"/></boundaryEvent><endEvent id="gone"/>'
    + flow("late", "gone")
    + flow("told", "gone")
)
INCLUSIVE = PARALLEL.replace("parallelGateway", "inclusiveGateway")
CALL = (
    '<callActivity id="call" calledElement="called"><extensionElements><camunda:in source="stop" target="stop"/>'
    "</extensionElements></callActivity>"
)
CALLED = process("called", START + '<userTask id="turn"/>' + END + path("start", "turn", "end"))
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


def _around(key: str, gateways: str) -> bytes:
    """A loop with a split and its join."""
    return loop(key, TURN + gateways, "turn", "split").replace(
        flow("split", "more").encode(), flow("join", "more").encode()
    )


# name -> the file with the loop, and the files that it calls
LOOPS: dict[str, tuple[bytes, ...]] = {
    "plain": (loop("plain", TURN + '<task id="step"/>', "turn", "step"),),
    "parallel": (_around("parallel", PARALLEL),),
    "inclusive": (_around("inclusive", INCLUSIVE),),
    "subprocess with boundary events": (loop("subprocess", SUBPROCESS, "sub"),),
    "multi-instance": (loop("multiinstance", TURN + MULTI_INSTANCE, "turn", "several"),),
    "call activity": (loop("calls", CALL, "call"), CALLED),
}

# -- bench.engine
TEN_NODES = process(
    "ten",
    START
    + '<task id="note"/><userTask id="check"/><exclusiveGateway id="large" default="large_sign"/><userTask id="sign"/>'
    + PARALLEL
    + END
    + path("start", "note", "check", "large", "sign", "split")
    + flow("large", "end", "n &gt; 100")
    + flow("join", "end"),
)


def repeated(kind: str, sequential: bool) -> bytes:
    """A multi-instance task or subprocess over `items`."""
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><loopDataInputRef>items'
        '</loopDataInputRef><inputDataItem id="item" name="item"/></multiInstanceLoopCharacteristics>'
    )
    inside = '<startEvent id="inner"/><task id="work"/><endEvent id="over"/>' + path("inner", "work", "over")
    body = f'<{kind} id="each">{inside if kind == "subProcess" else ""}{loop}</{kind}>'
    return process("repeated", START + body + END + path("start", "each", "end"))


MULTI_INSTANCES = {
    f"{kind} {'sequential' if sequential else 'parallel'}": repeated(kind, sequential)
    for kind in ("task", "subProcess")
    for sequential in (False, True)
}
OPEN_TASKS = repeated("userTask", False)


def row(n: int) -> bytes:
    tasks = [f"t{k}" for k in range(n)]
    return process("row", START + "".join(f'<task id="{id}"/>' for id in tasks) + END + path("start", *tasks, "end"))


def split(kind: str, n: int) -> bytes:
    tasks = [f"t{k}" for k in range(n)]
    condition = "1 == 1" if kind == "inclusive" else ""
    body = "".join(f'<task id="{id}"/>{flow("split", id, condition)}{flow(id, "join")}' for id in tasks)
    gateways = f'<{kind}Gateway id="split"/><{kind}Gateway id="join"/>'
    return process("wide", START + gateways + body + END + path("start", "split") + path("join", "end"))


def nested(depth: int) -> bytes:
    body = START + '<userTask id="turn"/>' + END + path("start", "turn", "end")
    for k in range(depth):
        ends = f'<startEvent id="s{k}"/><endEvent id="e{k}"/>' + path(f"s{k}", f"p{k}", f"e{k}")
        body = f'{ends}<subProcess id="p{k}">{body}</subProcess>'
    return process("nested", body)


CALLS_ITSELF = process(
    "deep",
    START
    + '<exclusiveGateway id="deeper" default="deeper_turn"/><userTask id="turn"/>'
    + '<callActivity id="call" calledElement="deep"><extensionElements><camunda:in sourceExpression="${depth - 1}"'
    + ' target="depth"/></extensionElements></callActivity>'
    + END
    + '<endEvent id="bottom"/>'
    + path("start", "deeper", "turn", "bottom")
    + flow("deeper", "call", "depth &gt; 0")
    + path("call", "end"),
)
_BRANCHES = [f"t{k}" for k in range(40)]
WAITING_JOIN = process(
    "waiting",
    START
    + '<parallelGateway id="fork"/><exclusiveGateway id="merge"/><inclusiveGateway id="wait"/>'
    + "".join(f'<task id="{id}" completionQuantity="40"/>' for id in _BRANCHES)
    + "".join(path("fork", id, "wait") for id in _BRANCHES)
    + TURN
    + '<task id="step"/><exclusiveGateway id="more" default="more_merge"/>'
    + END
    + path("start", "fork", "merge", "turn", "step", "more", "merge")
    + flow("more", "wait", "stop")
    + path("wait", "end"),
)
