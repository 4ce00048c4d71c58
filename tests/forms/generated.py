"""Forms made by chance: conditions, limits, options, computed fields, groups and lists, and what is typed into them."""

from __future__ import annotations

import random
from typing import Any

Component = dict[str, Any]
OPTIONS = [{"label": "P", "value": "p"}, {"label": "Q", "value": "q"}, {"label": "Two", "value": 2}]
NUMBERS = [None, 0, 1, 2, 3, 5, 7, -1, 0.1, 0.2, 0.3, 1.5, 2.25, 100]
TEXTS = ["", "a", "x", "abc", "p", "12", " b "]
# Over numbers n and m, a text t, a checkbox b, a checklist c and a list rows; v and o are variables, none is nothing.
CONDITIONS = [
    "=n > 3", "=n <= m", "=n = m", "=b", "=not(b)", "=not(n > 3)", '=t = "x"', '=t != "x"', '=t = ""', "=t = null",
    "=n = null", "=n != null and n > 1", "=n > 1 or b", "=n > 1 and b", "=count(c) > 1", '=list contains(c, "p")',
    "=string length(t) > 2", "=v > n", "=none", "=none > 1", "=is defined(n)", "=rows[1].r > 2", "=count(rows) > 1",
    "=some row in rows satisfies row.r > 3", "=every row in rows satisfies row.r > 0", "=n in [1..3]",
    "=n in (1, 2, 3)", "=n between 1 and 3", '=if b then n > 1 else t = "a"', "=-", "=true", "=false", "=null",
    "=n + m > 4", "=n * 0.1 = 0.3", '=starts with(t, "a")', '=contains(t, "b")', "=g.k > 2", "=g != null", "=e > 4",
    "=max(n, m) > 2", "=not(none)", "=this.n > 2", "=parent = null", "=count(i) = 0", "=_this_.n > 2", "=e = n",
    "=b = true", "=b = false", '=n = "3"',
]  # fmt: skip
ROW_CONDITIONS = [
    "=this.r > 2", "=this.r = parent.n", "=i[1] = 2", "=count(i) = 1", '=this.s = "x"', "=not(this.r > 1)",
    "=this.r = null", "=parent.b", "=_parent_.n > 2", "=rows[i[1]].r > 2", "=n > 3", "=this.x > 1",
]  # fmt: skip
LIMITS = ["=n", "=m + 1", "=v", "=null", "=none", "=n * 0.1", "=if b then 3 else null", "=count(c)", "=e", "=string(v)"]
COMPUTED = [
    "=n * m", "=n + m", "=n - 0.1", "=n + 0.2", '=t + "!"', "=count(rows)", "=sum(rows.r)",
    "=if b then n else null", "=1 / n", "=[n, m]", "={a: n, b: t}", "=upper case(t)", "=v * 2", "=b and n > 1",
    "=string(n)", "=decimal(n / 3, 2)", "=floor(n)", "=count(c)", "=e + 1", "=for row in rows return row.r",
    "=n > 2", "=null", '=string join(c, "-")',
]  # fmt: skip
ROW_COMPUTED = ["=this.r * 2", "=this.r + parent.n", "=i[1]", "=this.s", "=this.r + n", "=count(parent.rows)"]
LISTS = [[], ["p"], ["p", "q"], [2]]
CHOICES = ["=o", "=[1, 2, n]", "=for one in o return {label: one, value: one}", "=if b then o else []", "=c"]


class Maker:
    """One form, and what is typed."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def case(self) -> Component:
        fields = [self.hidden(one, CONDITIONS) for one in self.fields()]
        self.chance.shuffle(fields)
        data = {"v": self.chance.choice([1, 2, 5, 0.5]), "o": ["p", "q", 2]}
        data |= self.some(
            {"n": self.number(), "t": self.text(), "b": self.chance.random() < 0.5, "c": ["p"], "f": self.number()}
        )
        data |= self.some({"g": {"k": self.number(), "id": 7}, "s": "q", "w": ["q", 1], "rows": self.rows(), "e": 3})
        typed = [self.typed() for _ in range(self.chance.randrange(4))]
        return {"schema": {"type": "default", "id": "form", "components": fields}, "data": data, "typed": typed}

    def fields(self) -> list[Component]:
        found = [
            self.numeric("n"),
            self.numeric("m"),
            self.textual("t"),
            {"id": "b", "type": "checkbox", "key": "b", "validate": self.required()},
            self.choice("c", "checklist"),
        ]
        more = [
            self.numeric("f", limits=True),
            self.textual("u", limits=True),
            self.choice("s", self.chance.choice(["select", "radio"]), dynamic=True),
            self.choice("w", "taglist", dynamic=True),
            self.computed("e", COMPUTED),
            self.computed("d", COMPUTED),
            self.group(),
            self.list(),
        ]
        return found + [one for one in more if self.chance.random() < 0.6]

    def some(self, found: Component, chance: float = 0.6) -> Component:
        return {name: value for name, value in found.items() if self.chance.random() < chance}

    def required(self) -> Component:
        return self.some({"required": True}, 0.12)

    def hidden(self, one: Component, conditions: list[str], chance: float = 0.4) -> Component:
        if self.chance.random() < chance:
            one["conditional"] = {"hide": self.chance.choice(conditions)}
        return one

    def number(self) -> Any:
        return self.chance.choice(NUMBERS)

    def text(self) -> str:
        return self.chance.choice(TEXTS)

    def limit(self, fixed: int) -> Any:
        return self.chance.choice([*LIMITS, fixed])

    def numeric(self, id: str, *, limits: bool = False) -> Component:
        rules = self.required()
        if limits:
            rules |= self.some({"min": self.chance.choice([*LIMITS, 1]), "max": self.chance.choice([*LIMITS, 5])})
        more = self.some(
            {"readonly": self.chance.choice([True, "=b", "=n > 2"]), "disabled": True, "defaultValue": 4}, 0.08
        )
        return {"id": id, "type": "number", "key": id, "validate": rules, **more}

    def textual(self, id: str, *, limits: bool = False) -> Component:
        rules = self.required() | self.some({"pattern": "^[a-z]*$"}, 0.2)
        if limits:
            rules |= self.some(
                {"minLength": self.chance.choice([*LIMITS, 1]), "maxLength": self.chance.choice([*LIMITS, 2])}
            )
        return {"id": id, "type": self.chance.choice(["textfield", "textarea"]), "key": id, "validate": rules}

    def choice(self, id: str, type: str, *, dynamic: bool = False) -> Component:
        sources = [{"values": OPTIONS}, {"valuesKey": "o"}]
        source = {"valuesExpression": self.chance.choice(CHOICES)} if dynamic else self.chance.choice(sources)
        return {"id": id, "type": type, "key": id, "validate": self.required(), **source}

    def computed(self, id: str, texts: list[str]) -> Component:
        when = self.chance.choice(["change", "change", "presubmit"])
        readable = [text for text in texts if id != "e" or "e" not in text.split()[0]]
        return {
            "id": id,
            "type": "expression",
            "key": id,
            "computeOn": when,
            "expression": self.chance.choice(readable),
        }

    def group(self) -> Component:
        inner = [self.hidden(self.numeric("k"), CONDITIONS, 0.3), self.hidden(self.textual("l"), CONDITIONS, 0.3)]
        return {"id": "g", "type": "group", "path": self.chance.choice(["g", "g", ""]), "components": inner}

    def list(self) -> Component:
        inner = [
            self.hidden(self.numeric("r"), ROW_CONDITIONS, 0.3),
            self.hidden({**self.textual("rs"), "key": "s"}, ROW_CONDITIONS, 0.5),
            self.hidden(self.computed("x", ROW_COMPUTED), ROW_CONDITIONS, 0.2),
        ]
        inner[0].pop("readonly", None)
        kept = [one for one in inner if self.chance.random() < 0.8] or inner[:1]
        return {"id": "rows", "type": "dynamiclist", "path": "rows", "components": kept, "defaultRepetitions": 2}

    def rows(self) -> list[Component]:
        return [self.some({"r": self.number(), "s": self.text(), "x": 1}, 0.7) for _ in range(self.chance.randrange(4))]

    def typed(self) -> Component:
        id = self.chance.choice(["n", "n", "m", "t", "b", "b", "c", "f", "u", "k", "l", "r", "rs", "s", "w"])
        return {"id": id, "indexes": [self.chance.randrange(3)] if id in ("r", "rs") else [], "value": self.value(id)}

    def value(self, id: str) -> Any:
        if id in ("t", "u", "l", "rs"):
            return self.text()
        if id in ("c", "w"):
            return self.chance.choice(LISTS)
        if id == "s":
            return self.chance.choice(["p", "q", 2, None])
        return self.chance.random() < 0.5 if id == "b" else self.number()
