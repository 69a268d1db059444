"""Hypothesis strategies that several law files share."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = st.sampled_from(
    [
        "news",
        "Đọc thêm",
        "今日は",
        "A title",
        "by",
        "2026-01-02",
        "said.",
        "©",
        "Read more",
        "…",
        "|",
        "https://example.org",
        "\u200b",
        "é",
        "12",
    ]
)
LINES = st.lists(WORDS, max_size=14).map(" ".join)
TEXTS = st.one_of(st.lists(LINES, max_size=40).map("\n".join), st.text(max_size=400))
"""Documents that look like flattened pages, and any text at all."""

TAGS = st.sampled_from(
    [
        "p",
        "div",
        "h1",
        "h2",
        "li",
        "ul",
        "table",
        "tr",
        "td",
        "nav",
        "footer",
        "article",
        "a",
        "b",
        "pre",
        "br",
        "script",
        "!--",
        "title",
        "/p",
        "/div",
        "/ul",
        "/table",
    ]
)
PAGES = st.one_of(
    st.lists(st.one_of(TAGS.map(lambda tag: f"<{tag}>"), LINES), max_size=60).map("".join),
    st.lists(LINES, min_size=1, max_size=12).map(lambda lines: "<article>" + "".join(f"<p>{line}</p>" for line in lines) + "</article>"),
    st.text(max_size=300),
)
"""Markup, broken markup, and any text at all."""
