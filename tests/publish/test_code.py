"""Code on the pages of notebooks: what is marked, and that nothing of it changes."""

from __future__ import annotations

import re

import pytest

from analysis.publish.code import coloured


def page(code: str) -> str:
    return f'<p>from</p><pre class="python"><code>{code}\n</code></pre><pre><code>None 1</code></pre>'


@pytest.mark.parametrize(
    ("code", "marked"),
    [
        ("x = 1", 'x = <span class="number">1</span>'),
        ("# a &lt; b", '<span class="comment"># a &lt; b</span>'),
        ("f(&quot;a&quot;)", 'f(<span class="text">&quot;a&quot;</span>)'),
        (
            "return None if a and b",
            (
                '<span class="word">return</span> <span class="number">None</span> '
                '<span class="word">if</span> a <span class="word">and</span> b'
            ),
        ),
        ("print(list)", "print(list)"),
    ],
)
def test_parts_are_marked_for_what_they_are(code, marked):
    assert coloured(page(code)) == page(marked)


def test_no_letter_of_the_code_changes():
    code = "def f(a, *, b=1.5):\n    '''Of &amp; on.'''\n\n    return f&quot;{a}&quot; not in b  # ½ 例\n\n"
    found = coloured(page(code))
    assert re.sub("<[^>]*>", "", found).replace("&#x27;", "'") == re.sub("<[^>]*>", "", page(code))
