"""Ways out of what authors write who know another language. Each is a pattern of the text around the mistake."""

from __future__ import annotations

import re

_AROUND = 40  # characters that are looked at on both sides
_QUOTES = 'Write texts with straight double quotes: "text".'
_HINTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"!==", "Write `!=`: FEEL has no `!==`."),
        (r"===?", "Write one `=`: FEEL has no `==`."),
        (r"<>", "Write `!=`."),
        (r"=<", "Write `<=`."),
        (r"=>", "Write `>=`; a function is `function(x) x + 1`."),
        (r":=", "An expression assigns nothing: `=` compares, `{name: value}` makes a context."),
        (r"[-+*/]=|\+\+", "An expression changes nothing: write the new value, such as `a + 1`."),
        (r"&&", "Write `and`."),
        (r"&", "Write `and`; texts are joined with `+`."),
        (r"\|\|?", "Write `or`."),
        (r"!", "Write `not(...)` or `!=`."),
        (r"'[^']*'|[‚‘’“”„«»‹›][^‘’“”«»‹›\"]*[‘’“”«»‹›\"]?|'", _QUOTES),
        (r"[$#]\{[^}]*\}?|\{\{[^}]*\}?\}?|[$#]", "FEEL has no `${...}`: write the name alone."),
        (r"[‐‑‒–—−]", "Write `-`."),
        (r"[×·∗]", "Write `*`."),
        (r"[÷∕]", "Write `/`."),
        (r"≤|≦", "Write `<=`."),
        (r"≥|≧", "Write `>=`."),
        (r"≠", "Write `!=`."),
        (r"`", "Write names as they are: they may have spaces."),
        (r"%", "Write `modulo(a, b)`, or divide by 100."),
        (r"\^", "Write `**` for a power."),
        (r";", "Write a comma."),
        (r"@", 'Write a date as @"2030-01-31".'),
        (r"\b(?:elseif|elsif|elif)\b.*", "Write `else if`."),
        (r"\?[^:]*:", "Write `if a then b else c`."),
        (r"\{\s*[^{}:,=]*=", "Write `:` behind a key: `{name: value}`."),
        (r"[0-9],[0-9]", "Write a point in numbers, and no groups: `1234.5`; a list stands in `[...]`."),
        (r"[0-9]\s*(?:days?|weeks?|months?|years?|hours?|minutes?)\b", 'Write a duration: @"P5D", @"PT2H" or @"P3M".'),
        (r"[^\s.]*\s*\.\.\s*[^\s.]*", "A range stands in brackets: `[1..10]`."),
        (r"\b(?:contains|like|matches|starts with|ends with)\s*\S*", 'Write a function: `contains(text, "part")`.'),
        (r"\[\s*\]", "A filter has a position or a condition: `items[1]`, `items[price > 5]`."),
        (r"\blambda\b[^:]*:", "Write `function(x) x + 1`."),
    )
)
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r".*\bnot in\b.*|.* not", "write `not(a in b)`"),
        (r"not .*", "write `not(...)`"),
        (r".* is (?:not )?(?:null|None|empty|defined)", "write `= null` or `!= null`"),
        (r".* not (?:null|empty)", "write `!= null`"),
        (r"None|nil|NULL|Null|undefined|NaN", "write `null`"),
        (r"(?:True|TRUE|Yes|yes)", "write `true`"),
        (r"(?:False|FALSE|No|no)", "write `false`"),
        (r".*\?.*", "FEEL has neither `?.` nor `??`: a path through null is null"),
        (r"(?:let|var|const|set) .*", "an expression assigns nothing"),
        (r"case .*|when .*", "write `if a then b else c`"),
    )
)
_MEMBERS = {
    "length": "`count(list)` or `string length(text)`",
    "size": "`count(list)`",
    "toUpperCase": "`upper case(text)`",
    "toLowerCase": "`lower case(text)`",
    "contains": '`contains(text, "part")`',
    "includes": '`list contains(list, item)` or `contains(text, "part")`',
    "filter": "`list[item > 5]`",
    "map": "`for item in list return item + 1`",
}


def of_place(text: str, position: int) -> str:
    """A hint for what stands at this place, empty if nothing is known of it."""
    start = max(0, position - _AROUND)
    around = text[start : position + _AROUND]
    for pattern, hint in _HINTS:
        if any(match.start() <= position - start < match.end() for match in pattern.finditer(around)):
            return hint
    return ""


def of_name(name: str) -> str:
    """What might be meant by a name that nobody knows, to stand behind a colon."""
    return next((hint for pattern, hint in _NAMES if pattern.fullmatch(name)), "")


def of_member(name: str) -> str:
    """The function for what is a property or method elsewhere."""
    found = _MEMBERS.get(name, "")
    return f"write {found}" if found else ""
