"""Signals from outside: everybody who waits gets them."""

from __future__ import annotations

from typing import Any

from stellwerk.usecases import signals
from stellwerk.web.api.models import Input, Key, Output, Variables
from stellwerk.web.api.routing import Call, Noun

api = Noun("signals", "signal", "Signals to all running processes and to processes that a signal starts.")


class SignalIn(Input):
    """Nobody waits for it: it is gone."""

    name: Key
    """The signal's name in the diagram."""
    variables: Variables = {}


class SignalOut(Output):
    """`instances`: how many running instances get it; `starts`: how many it starts."""

    name: str
    instances: int
    starts: int


@api.post("/signals", access="signal.broadcast", body=SignalIn, answer=SignalOut, status=202, changes=True)
def broadcast(call: Call, body: SignalIn) -> Any:
    """Broadcast a signal to all who wait for it now. Jobs bring it to each of them."""
    reached = signals.broadcast(call.rt, call.who, signals.SignalRequest(body.name, body.variables))
    return SignalOut(name=body.name, instances=reached.instances, starts=reached.starts)
