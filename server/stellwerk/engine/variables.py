"""What a token sees: its locals, then those of the activities around it, then the variables of its process.

What is around a call activity is not seen inside of the process that it calls.
A name that is written goes to the innermost layer that has it, else to the process. Parallel branches share the
layers, so no update is lost. Values are never changed in place: they are replaced, also inside lists and objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stellwerk.engine.events import VariablesChanged

if TYPE_CHECKING:
    from stellwerk.engine.scope import Process
    from stellwerk.engine.token import Token


class Layer(dict[str, Any]):
    """The variables of one scope, with their stored form as long as it is current (see snapshot.py)."""

    __slots__ = ("large", "stored")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored: dict[str, bytes] = {}
        self.large: dict[str, str] = {}  # name -> the part that holds its value

    def write(self, changed: Mapping[str, Any]) -> None:
        self.update(changed)
        for name in changed:
            self.stored.pop(name, None)
            self.large.pop(name, None)

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            for kept in (self, self.stored, self.large):
                kept.pop(name, None)


class Variables(Mapping[str, Any]):
    """The layers that a token of this process sees, innermost first."""

    __slots__ = ("_layers", "_process")

    def __init__(self, process: Process, token: Token | None) -> None:
        self._process = process
        outermost = process.task_tree
        self._layers: list[tuple[Token | None, Layer]] = []
        while token is not outermost and token is not None:
            if token.locals is not None:
                self._layers.append((token, token.locals))
            token = token.enclosing
        self._layers.append((None, process.variables))

    def __getitem__(self, name: str) -> Any:
        for _, layer in self._layers:
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in layer for _, layer in self._layers)

    def flat(self) -> dict[str, Any]:
        """One dictionary of all that is seen; the values are not copied."""
        flat: dict[str, Any] = {}
        for _, layer in reversed(self._layers):
            flat.update(layer)
        return flat

    def __iter__(self) -> Iterator[str]:
        return iter(self.flat())

    def __len__(self) -> int:
        return len(self.flat())

    def assign(self, changed: Mapping[str, Any]) -> None:
        """Write each name where it is, else in the process. The values are checked already."""
        by_layer: dict[int, dict[str, Any]] = {}
        for name, value in changed.items():
            by_layer.setdefault(self._layer_of(name), {})[name] = value
        self._process.top_workflow.dirty = True
        for index, group in by_layer.items():
            token, layer = self._layers[index]
            layer.write(group)
            if token is None:
                self._process.touch(0)
            else:
                token.touch()
            self._process.record(VariablesChanged(token.id if token else 0, group))

    def _layer_of(self, name: str) -> int:
        for index, (_, layer) in enumerate(self._layers):
            if name in layer:
                return index
        return len(self._layers) - 1
