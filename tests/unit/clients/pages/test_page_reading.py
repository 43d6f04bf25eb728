from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.clients.page_reading import decoded, instant_of, read_content, slug_of
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from pytest_orr.clients.page_said import Content

EXAMPLE = Path(__file__).parents[4] / "examples" / "explorer"
SEPTEMBER = dt.datetime(2026, 9, 1, 10, tzinfo=dt.UTC)
MARKDOWN = """---
title: Refunds
updated: "2026-10-01"
---
# Refunds

A *month* is refunded, see [who decides](#who-decides) or <a name="old"></a>[elsewhere][1].

[1]: https://a.example/

## How do I pay?

Like `so`:

```
pay --now
```

Who decides
---
- Cleo
- Eve

<details><summary>Why so late</summary>Because.</details>
"""
HTML = """<!doctype html><html><head><title>Refunds | wiki</title>
<script type="application/ld+json">{"@graph": [{"@type": "FAQPage", "dateModified":
"2026-09-01T10:00:00Z", "mainEntity": [{"name": "How do I  pay?"}, {"name": "What else?"}]}]}
</script>
<script type="application/ld+json">{broken</script><style>h1 { color: red }</style></head>
<body><header>Wiki <a href="/">home</a></header><nav><h2>Menu?</h2></nav><main>
<h1 id="r">Refunds <a class="headerlink" href="#r">¶</a></h1><p>A <em>month</em> is refunded, see
<a href="#who">who decides</a> or <a name="old"></a><a href="https://a.example/">elsewhere</a>.</p>
<h2 id=pay>How do I pay?</h2><p>Like <code>so</code>:</p><pre><code>pay --now
</code></pre>
<h2 id="user-content-who">Who decides</h2><ul><li>Cleo</li><li>Eve</li></ul>
<details><summary>Why so late</summary>Because.</details><template><h2>Never shown?</h2>x</template>
<aside>See also</aside></main><footer><a href="/imprint">Imprint</a></footer></body></html>"""


def html(text: str) -> Content:
    return read_content(text.encode(), "html")


def markdown(text: str) -> Content:
    return read_content(text.encode(), "markdown")


class TestADocument:
    def test_has_the_same_digest_in_html_and_in_markdown(self) -> None:
        assert html(HTML).sha256 == markdown(MARKDOWN).sha256
        assert html(HTML).sha256 != html(HTML.replace("Cleo", "Clea")).sha256
        assert html(HTML).sha256 == html(HTML.replace("See also", "Other")).sha256

    def test_of_the_example_is_published_as_it_was_decided(self) -> None:
        ours = (EXAMPLE / "service" / "docs" / "refund-criteria.md").read_text(encoding="utf-8")
        theirs = (EXAMPLE / "wiki_pages" / "terms.html").read_text(encoding="utf-8")
        assert markdown(ours).sha256 == html(f"<main>{theirs}</main>").sha256

    def test_has_headings_with_the_text_and_the_commands_below_them(self) -> None:
        for content in (html(HTML), markdown(MARKDOWN)):
            told = [(one.level, one.heading, one.has_commands) for one in content.sections]
            assert told == [
                (1, "Refunds", True),
                (2, "How do I pay?", True),
                (2, "Who decides", False),
            ]
            assert content.sections[1].text == "Like so: pay --now"
            assert content.sections[0].text.endswith("Why so late Because.")

    def test_answers_questions_of_headings_of_details_and_of_linked_data_each_once(self) -> None:
        assert set(html(HTML).questions) == {"How do I pay?", "Why so late", "What else?"}
        assert set(markdown(MARKDOWN).questions) == {"How do I pay?", "Why so late"}
        assert html("<h2>Why?</h2><h2>What?</h2><p>That.</p><dl><dt>A<dd>b</dl>").questions == (
            "What?",
        )
        assert html("<dl><dt>Gas</dt><dd>Fee</dd></dl>").questions == ("Gas",)

    def test_has_fragments_and_links_of_its_own_and_around_it(self) -> None:
        content = html(HTML)
        assert {"r", "pay", "who", "old"} <= content.anchors
        assert content.links == ("#who", "https://a.example/")
        assert set(content.links_around) == {"/", "#who", "https://a.example/", "/imprint"}
        assert {"how-do-i-pay", "who-decides", "old"} <= markdown(MARKDOWN).anchors

    def test_tells_when_it_was_changed_if_it_declares_it(self) -> None:
        assert html(HTML).declared == SEPTEMBER
        assert markdown(MARKDOWN).declared == dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
        for tag in (
            '<meta property="article:modified_time" content="2026-09-01T12:00:00+02:00">',
            '<meta name="Last-Modified" content="2026-09-01 10:00">',
            '<time itemprop="dateModified" datetime="2026-09-01T10:00:00Z">then</time>',
            (
                '<meta name="revised" content="soon"><meta itemprop="dateModified"'
                ' content="2026-09-01T10:00">'
            ),
        ):
            assert html(tag).declared == SEPTEMBER
        assert html("<p>2026-09-01</p>").declared is None
        assert markdown("# A\n\nupdated: 2026-09-01\n").declared is None

    def test_may_be_a_door_or_lead_its_reader_on(self) -> None:
        assert html('<form><input TYPE="Password"></form>').asks_login
        assert not html('<template><input type="password"></template>').asks_login
        led = html('<meta http-equiv="refresh" content="0; url=https://sso.example/">')
        assert led.leads_on == "https://sso.example/"
        assert html('<meta http-equiv="refresh" content="30">').leads_on == ""

    def test_of_plain_text_has_a_digest_alone(self) -> None:
        content = read_content(b"Refunds  \n\nA month.", "text")
        assert content.sections == ()
        assert content.sha256 == html("<p>Refunds</p><p>A month.</p>").sha256

    def test_is_whole_where_its_html_is_not(self) -> None:
        content = html(
            "<h1>A<p>b<h2>C</h2><pre>x</pre><![if IE]><!-- d --><![endif]><h3>E</h3><a href="
        )
        assert [one.heading for one in content.sections] == ["C", "E"]


class TestBytes:
    def test_are_read_as_the_page_or_its_sender_says(self) -> None:
        assert decoded("grüezi".encode("latin-1"), "ISO-8859-1") == "grüezi"
        assert decoded('<meta charset="windows-1252">€'.encode("cp1252")).endswith("€")
        assert decoded(b"\xff\xfe" + "ü".encode("utf-16-le")) == "ü"
        assert decoded("ü".encode(), "utf-8") == "ü"

    @pytest.mark.parametrize("name", ["klingon", "idna", "unicode_escape", "zip", ""])
    def test_in_an_encoding_of_no_text_are_read_as_utf_8(self, name: str) -> None:
        assert decoded("ü\\n".encode(), name) == "ü\\n"

    def test_in_large_numbers_are_refused(self) -> None:
        for kind, size in (("html", 2 * 1024 * 1024), ("markdown", 256 * 1024)):
            with pytest.raises(FactUnavailable, match=r"more than the .* that are read"):
                read_content(b" " * (size + 1), kind)  # type: ignore[arg-type] # both are kinds
        with pytest.raises(FactUnavailable, match="more elements than any document"):
            read_content(b"<p>" * 200_001, "html")


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<a ", "&#99999999999999999999;", "<div>", "<!", "<a x='", "</", "<?", "<script></"],
)
def test_a_page_of_one_piece_again_and_again_is_gone_through_once(piece: str) -> None:
    assert html(piece * (300_000 // len(piece))).sections == ()


@pytest.mark.parametrize("piece", ["[", "*a ", "![a](", "> ", "- ", "`", "&", "<a "])
def test_markdown_of_one_piece_again_and_again_is_gone_through(piece: str) -> None:
    assert markdown(piece * (10_000 // len(piece))).sections == ()


def test_headings_and_questions_end_where_nothing_began() -> None:
    content = html("</h1></summary></dt><h1>A</h1><nav><h2>B</h2></nav>")
    assert [one.heading for one in content.sections] == ["A"]
    assert content.questions == ()


def test_a_number_of_too_many_digits_is_no_character() -> None:
    assert html(f"<h1>a&#{'9' * 5000};b</h1>").sections[0].heading == "a\N{REPLACEMENT CHARACTER}b"


def test_dates_that_are_none_or_beyond_any_calendar_are_no_dates() -> None:
    assert instant_of("2026-02-30") is None
    assert instant_of("0001-01-01T00:00:00+14:00") is None
    assert instant_of("yesterday") is None


def test_a_fragment_of_markdown_is_what_forges_make_of_a_heading() -> None:
    assert slug_of("Who decides, and when?") == "who-decides-and-when"


@given(st.text(alphabet=st.sampled_from("<>/!-=&;#'\"[]() \n`*_abh1p"), max_size=300))
@settings(max_examples=150, deadline=None)
def test_anything_can_be_read_and_read_again(text: str) -> None:
    for kind in ("html", "markdown", "text"):
        raw = text.encode()
        told = read_content(raw, kind)
        assert told == read_content(raw, kind)
        assert len(told.sha256) == 64


@given(st.binary(max_size=300), st.sampled_from(["", "utf-16", "gbk", "utf-7", "latin-1"]))
@settings(max_examples=100, deadline=None)
def test_any_bytes_in_any_encoding_become_a_document(raw: bytes, charset: str) -> None:
    told = read_content(raw, "html", charset)
    texts = [section.text for section in told.sections]
    assert [text.encode("utf-8").decode("utf-8") for text in texts] == texts


WORDS = st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=8), min_size=1, max_size=6).map(
    " ".join
)


@given(WORDS, st.lists(WORDS, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_same_words_have_one_digest_however_they_are_laid_out(
    title: str, paragraphs: list[str]
) -> None:
    in_markdown = markdown(f"# {title}\n\n" + "\n\n".join(paragraphs))
    broken = "".join(f"<p>{one.replace(' ', ' &nbsp;' + chr(10))}</p>" for one in paragraphs)
    in_html = html(f"<nav>x</nav><article><h1>{title}</h1>{broken}</article><footer>y</footer>")
    assert in_html.sha256 == in_markdown.sha256
    assert [one.heading for one in in_html.sections] == [title]
