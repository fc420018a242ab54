"""Mastodon's HTML as a person reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors.mastodon import plain

LINK = (
    '<a href="https://www.banque.example/virements/aide?ref=a&amp;b=2" rel="nofollow"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">banque.example/virements/</span><span class="invisible">aide?ref=a&amp;b=2</span></a>'
)
MENTION = '<span class="h-card"><a href="https://far.example/@ann" class="u-url mention">@<span>ann</span></a></span>'
TAG = '<a href="https://m.example/tags/carte" class="mention hashtag" rel="tag">#<span>carte</span></a>'


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Bonjour</p>", "Bonjour"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One<br>Two<br />Three<br/><br>Four</p>", "One\nTwo\nThree\n\nFour"),
        (f"<p>{MENTION} ma {TAG} est bloquée</p>", "@ann ma #carte est bloquée"),
        (f"<p>Voir {LINK}.</p>", "Voir https://www.banque.example/virements/aide?ref=a&b=2."),
        ('<p><a href="https://a.example/">a.example</a></p>', "https://a.example/"),
        ('<p><a href="https://a.example/x">here</a></p>', "here (https://a.example/x)"),
        ('<p><a href="javascript:alert(1)">here</a></p>', "here"),
        ('<p><a href="https://a.example/x"></a></p>', "https://a.example/x"),
        ('<p><a>here</a> <a href="https://a.example/x">there', "here there (https://a.example/x)"),
        ("<p>a &amp; b &lt;i&gt; &quot;c&quot; &#39;d&#39; &eacute;&#x1F600;</p>", "a & b <i> \"c\" 'd' é😀"),
        ("<ul><li>one</li><li>two</li></ul><p>end</p>", "• one\n• two\n\nend"),
        ("<ol><li><p>one</p></li></ol>", "• one"),
        ("<ul><li></li><li>two</li></ul>", "•\n• two"),
        ("<blockquote><p>quoted</p></blockquote>answer", "quoted\n\nanswer"),
        ("<pre><code>a  b\n  c</code></pre>", "a  b\n  c"),
        ("<p>a \n\t b</p>\n<p>  c  </p>", "a b\n\nc"),
        ("<p>a<strong>b</strong><em>c</em></p>", "abc"),
        ("<p>x</p><script>alert('<p>y</p>')</script><style>p{}</style>z", "x\n\nz"),
        ("<p>a<!-- > b --><![CDATA[c]]><?php d ?>e<!-- f", "ae"),
        ("plain words", "plain words"),
        ("<p>a\x00b\x1b[0m</p>", "ab[0m"),
        ("<p>1 < 2 & 3 > 2</p>", "1 < 2 & 3 > 2"),
        ("<p></p>", ""),
        ("", ""),
    ],
)
def test_words(html: str, words: str) -> None:
    """Paragraphs, lines and lists stay apart, links are whole, and each entity is its character."""
    assert plain.words(html) == words


@given(st.text(alphabet="<>/!?&;-[]= \"'apbrul#x0\n"))
def test_whatever_comes(html: str) -> None:
    """Whatever is taken for HTML, words come out, and reading ends."""
    assert plain.words(html) == plain.words(html).strip()


@given(st.text())
def test_no_html_remains(text: str) -> None:
    """Words that an instance has escaped come back as they were, but for their spaces."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = plain.words(f"<p><b>{escaped}</b></p>")

    assert "".join(shown.split()) == "".join(plain.clean(text).split())


def test_depth() -> None:
    """However deep the elements stand, they are read."""
    assert plain.words("<div>" * 50_000 + "deep") == "deep"
