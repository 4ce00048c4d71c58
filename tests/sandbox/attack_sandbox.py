"""Runs escapes and bombs in the sandbox under a limit of the host's own processor time; see the test beside it.

Prints one line for each attack: its number, whether it gave a value or failed, and the beginning of what came back.
"""

from __future__ import annotations

import resource
import sys
from typing import Any

from stellwerk.errors import ErrorThrown, ScriptFailed
from stellwerk.sandbox import Sandbox

CPU_SECONDS = 30  # of the host process, for all attacks together; one collision of keys alone would take longer
MEMORY = 2 << 30

COLLIDING = "{i * (2**61 - 1): 1 for i in range(100000)}"
SHARED = "a = ['x']\nfor i in range(100):\n    a = [a, a]\n"

FORBIDDEN = [
    "().__class__.__base__.__subclasses__()",
    "''.__class__.__mro__",
    "(lambda: 0).__globals__",
    "(lambda: 0).__code__",
    "x = (i for i in [1])\nx.gi_frame.f_back",
    "bpmn_error.__globals__",
    "bpmn_error.__defaults__",
    "try:\n    1/0\nexcept Exception as e:\n    e.__traceback__.tb_frame",
    "'{0.__class__.__init__}'.format(1)",
    "import json\njson.codecs.builtins.open('/etc/passwd')",
    "__import__('os').system('id')",
    "import os\nos.system('id')",
    "import os\nos.popen('id')",
    "import os\nos.environ['PATH']",
    "import os\nos.listdir('/')",
    "import subprocess",
    "import socket",
    "import ctypes",
    "import sys\nsys.modules['os']",
    "import sys\nsys._getframe()",
    "open('/etc/passwd').read()",
    "open('/tmp/stellwerk-attack', 'w').write('x')",
    "import pathlib\npathlib.Path('/etc/passwd').read_text()",
    "input()",
    "breakpoint()",
    "exec('import socket')",
    "eval('().__class__.__base__')",
    "import importlib\nimportlib.import_module('os')",
    "print.__self__",
    "type('X', (), {})().__class__.__base__",
]
BOMBS = [
    "while True:\n    pass",
    "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    "try:\n    while True:\n        pass\nfinally:\n    while True:\n        pass",
    "x = 'a' * 10**10",
    "x = []\nwhile True:\n    x.append('a' * 1000)",
    "x = [0] * 10**9",
    "x = 2 ** 10**9",
    "9 ** 9 ** 9",
    "x = 1 << 10**9",
    "def f():\n    return f()\nf()",
    "f = lambda g: g(g)\nf(f)",
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 5000 + "]" * 5000,
    "-" * 19000 + "1",
    "x = " + "+".join(["1"] * 9000),
    "import re\nre.match('(a+)+$', 'a' * 40 + 'b')",
    "import re\nre.match('(a|a)*$', 'a' * 40 + 'b')",
    "x = [i for i in range(10**9)]",
    "sum(range(10**12))",
    "x = sorted([i % 7 for i in range(10**8)])",
    "x = '%999999999d' % 1",
    "x = '{:999999999}'.format(1)",
    "x = f\"{'a':>999999999}\"",
    SHARED + "str(a)",
    SHARED + "repr(a)",
    SHARED + "a == [a]",
    SHARED + "import json\njson.dumps(a)",
    SHARED,
    SHARED.replace("100", "40"),
    SHARED + "raise ValueError(a)",
    "a = []\na.append(a)",
    "a = {}\na['a'] = a",
    "x = 'a' * 3000000",
    "x = ['a' * 1000 for i in range(3000)]",
    "x = " + COLLIDING,
    COLLIDING,
    "x = {'k': " + COLLIDING + "}",
    "import time\ntime.sleep(100)\nwhile True:\n    pass",
    "import asyncio\nasync def f():\n    while True:\n        await asyncio.sleep(10)\nawait f()",
    "while True:\n    print('a' * 100000)",
    "raise ValueError('a' * 10**7)",
    "from decimal import Decimal\nx = Decimal('1E+999999999')",
    "from decimal import Decimal\nx = Decimal('9' * 100000)",
    "x = 10 ** 5000",
    "x = int('9' * 4000)",
    "class A:\n    def __repr__(self):\n        while True:\n            pass\nx = A()\nstr(x)",
    "import itertools\nlist(itertools.permutations(range(100)))",
    "import math\nmath.factorial(10**7)",
    "import copy\nx = [[]] * 1000000\ncopy.deepcopy(x)",
    "import base64\nx = base64.b64encode(b'a' * 10**9)",
    "import random\nrandom.sample(range(10**9), 10**8)",
]
FORGERIES = [
    "__stellwerk_many = lambda *a: " + COLLIDING,
    "__stellwerk_many = lambda *a: '[1, 2]'",
    "__stellwerk_many = lambda *a: '[' * 100000",
    '__stellwerk_many = lambda *a: \'{"x": {"$": "decimal", "v": "1E+999999999999"}}\'',
    '__stellwerk_many = lambda *a: \'{"x": {"$": "decimal", "v": "NaN"}}\'',
    '__stellwerk_many = lambda *a: \'{"x": {"$": "int", "v": "\' + \'9\' * 1000000 + \'"}}\'',
    '__stellwerk_many = lambda *a: \'{"x": {"$": "duration", "v": [1e308, 0, 0]}}\'',
    '__stellwerk_many = lambda *a: \'{"x": {"$": [], "v": 1}}\'',
    '__stellwerk_many = lambda *a: \'{"x": {"$": "map", "v": 3}}\'',
    '__stellwerk_many = lambda *a: \'{"x": {"$": "map"}}\'',
    "__stellwerk_many = lambda *a: '{\"x\": NaN}'",
    "__stellwerk_many = lambda *a: '{\"x\": 1e999}'",
    '__stellwerk_many = lambda *a: \'{"x": "\\\\ud800"}\'',
    "__stellwerk_many = lambda *a: '{\"x\": \\'\\'}'",
    "__stellwerk_many = lambda *a: None",
    "__stellwerk_many = 5",
    "locals = 5",
    "raise SystemExit('stellwerk-bpmn-error:' + '[' * 100000)",
    "raise SystemExit('stellwerk-bpmn-error:{}')",
    "raise SystemExit('stellwerk-bpmn-error:[1, 2, 3]')",
    "x = 1\\",
    "x = '''",
    "x = (",
    "if True:",
    "class A:",
    "@print",
    "\ud800",
    "x = 1\0",
]
EXPRESSIONS = [
    COLLIDING,
    f"0))\n(lambda a: {COLLIDING})((0",
    f"0)); x = {COLLIDING}; ((0",
    "0))\nlocals = 5\n((0",
    "0))\n__stellwerk_one = 5\n((0",
    "[a := ['x'], [a := [a, a] for i in range(100)], a]",
    "9 ** 9 ** 9",
    "().__class__.__base__.__subclasses__()",
    "__import__('os')",
    "(lambda f: f(f))(lambda f: f(f))",
    "[x for x in range(10**9)]",
    "str([a := ['x'], [a := [a, a] for i in range(100)], a])",
    "open('/etc/passwd').read()",
    "'" + "a" * 19_000,
    "#",
    "",
    '"""',
    "bpmn_error('E')",
]


def outcome(run: Any, source: str) -> str:
    try:
        return f"value\t{str(run(source, {}))[:200]!r}"
    except ErrorThrown as error:
        return f"thrown\t{error.error_code!r}"
    except ScriptFailed as error:
        return f"{'failed' if len(error.message) < 2_000 else 'long'}\t{error.message[:200]!r}"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    sys.setrecursionlimit(1_000)
    with Sandbox(workers=1, seconds=0.15, memory_mb=64) as sandbox:
        for group, run, sources in [
            ("forbidden", sandbox.run_script, FORBIDDEN),
            ("bomb", sandbox.run_script, BOMBS),
            ("forgery", sandbox.run_script, FORGERIES),
            ("expression", sandbox.evaluate, EXPRESSIONS),
        ]:
            for number, source in enumerate(sources):
                print(f"{group}\t{number}\t{outcome(run, source)}", flush=True)
        print(f"after\t0\t{outcome(sandbox.evaluate, '1 + 1')}")


if __name__ == "__main__":
    main()
