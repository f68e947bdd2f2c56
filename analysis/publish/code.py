"""Code on the pages of notebooks, coloured: Pandoc takes a third of a second a page to begin with it."""

from __future__ import annotations

import html
import re
from itertools import groupby
from typing import Any

CODE = re.compile(r'(?<=<pre class="python"><code>).*?(?=</code></pre>)', re.DOTALL)


def coloured(page: str) -> str:
    """A page with words, texts, numbers and comments of its Python code marked for what they are."""
    return CODE.sub(lambda found: _marked(html.unescape(found[0])), page)


def _marked(code: str) -> str:
    from pygments.lexers import PythonLexer  # noqa: PLC0415 - only the pages of notebooks need it

    tokens = PythonLexer(stripnl=False, ensurenl=False).get_tokens(code)
    runs = groupby(tokens, key=lambda token: _kind(token[0]))
    told = ((kind, html.escape("".join(text for _, text in run))) for kind, run in runs)
    return "".join(f'<span class="{kind}">{text}</span>' if kind else text for kind, text in told)


def _kind(token: Any) -> str:  # noqa: ANN401 - a token type of Pygments, which has no types of its own
    from pygments.token import Comment, Keyword, Literal, Operator, String  # noqa: PLC0415

    kinds = {Comment: "comment", Keyword.Constant: "number", Keyword: "word", Operator.Word: "word"}
    kinds |= {String: "text", Literal: "number"}
    return next((name for kind, name in kinds.items() if token in kind), "")
