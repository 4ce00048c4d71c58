"""Correlation keys, properties and subscriptions: declared beside the processes, for all messages of the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from stellwerk.engine.correlation import Correlation, CorrelationKey, parse_path
from stellwerk.engine.diagram import XML, label
from stellwerk.engine.diagram.normalise import local_name
from stellwerk.engine.diagram.reader import Reader
from stellwerk.engine.expressions import Expression
from stellwerk.engine.vocabulary import BPMN


class CorrelationParser:
    """What is wrong in a key that messages of the file carry goes to the reader's problems."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.by_id = reader, reader.diagram.by_id
        keys = reader.diagram.anywhere("correlationKey")
        self.keys = tuple(self._key(key, key.get("id") or f"[{number}]") for number, key in enumerate(keys, 1))

    def correlation(self, process: XML) -> Correlation:
        by_message = defaultdict(list)
        for key in self.keys:
            for message in key.paths:
                by_message[message].append(key)
        bindings = {
            subscription.get("correlationKeyRef", ""): dict(self._bindings(subscription))
            for subscription in process.findall(f"{{{BPMN}}}correlationSubscription")
        }
        return Correlation({message: tuple(keys) for message, keys in by_message.items()}, bindings)

    def _key(self, key: XML, id: str) -> CorrelationKey:
        """A message belongs to the key when it carries all of its properties."""
        refs = [(ref.text or "").strip() for ref in key.findall(f"{{{BPMN}}}correlationPropertyRef")]
        properties = [p for ref in refs if (p := self.by_id.get(ref)) is not None]
        paths = {self.name(p): dict(self._paths(p)) for p in properties}
        common = set.intersection(*map(set, paths.values())) if paths else set()
        by_message = {message: {name: found[message] for name, found in paths.items()} for message in sorted(common)}
        return CorrelationKey(id, tuple(paths), by_message)

    def name(self, declared: XML) -> str:
        """How the property is called in messages and for people."""
        return declared.get("name") or declared.get("id") or ""

    def _paths(self, declared: XML) -> Iterator[tuple[str, Expression]]:
        for retrieval in declared.findall(f"{{{BPMN}}}correlationPropertyRetrievalExpression"):
            message = self.by_id.get(self.reader.text(retrieval, "messageRef"))
            path = self._path(retrieval, "messagePath")
            if message is not None and local_name(message) == "message" and path is not None:
                yield message.get("name") or "", path

    def _bindings(self, subscription: XML) -> Iterator[tuple[str, Expression]]:
        for binding in subscription.findall(f"{{{BPMN}}}correlationPropertyBinding"):
            declared = self.by_id.get(self.reader.text(binding, "correlationPropertyRef"))
            path = self._path(binding, "dataPath")
            if declared is not None and path is not None:
                yield self.name(declared), path

    def _path(self, holder: XML, name: str) -> Expression | None:
        path = self.reader.parse(holder, name, self.reader.text(holder, name), parse_path, alone=True)
        if path is not None and not path.in_process:
            self.reader.problem(
                holder,
                "correlation-path",
                f"'{path.text}' of '{label(holder)}' needs the sandbox, but messages are compared without it. Name a "
                "variable of the message, such as orderId or ${order.id}.",
            )
        return path
