from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import ClassVar

import pytest

from analysis import numerals
from analysis.publish import EDITIONS, lint, pictures, render
from analysis.publish.errors import BuildError
from analysis.publish.unused import refuse_unused

ROOT = Path(__file__).parents[2]
PAGE = (
    '<!DOCTYPE html>\n<html lang="{lang}"><head><title>{title}</title></head>\n'
    "<body><main><h1>{title}</h1>\n{body}\n</main></body></html>\n"
)
CUTS = ["provincial.time_cut", "municipal.time_cut", "provincial.trips_cut"]
CASES = '<span class="value" data-key="municipal.cases" data-status="reported">{}</span>'


@pytest.fixture(scope="module")
def root(ledger, tmp_path_factory):
    """A project as the build leaves it, with one published figure."""
    root = tmp_path_factory.mktemp("project")
    for name in ("seeds", "_extensions"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("_quarto.yml", "references.bib"):
        shutil.copy(ROOT / name, root / name)
    publish(root, ledger.to_json())
    for page in ("index.qmd", "notebooks/02-tiers.qmd"):
        (root / page).parent.mkdir(exist_ok=True)
        (root / page).write_text("---\ntitle: A page\ncase: meizhou\n---\n", encoding="utf-8")
    return root


FLIPS = [{"at": {"k": {"label": {}, "text": {"en": "635 cases", "zh": "635件"}}}, "to": {}}]
"""What flips the claim `order`."""

GRADE = {"en": "Evidence: level 1 at best.", "zh": "证据：最高为第1级。"}


def publish(root: Path, ledger: str) -> None:
    """Write what a build hands to the lint."""
    figure = {"notebook": "02-tiers", "keys": CUTS, "alt": {"en": "Bars.", "zh": "条形图。"}}
    figure["points"] = {"en": "[1,000.5]{.drawn} [99 counties]{.drawn}", "zh": ""}
    work = root / ".brief" / "meizhou"
    work.mkdir(parents=True, exist_ok=True)
    (work / "ledger.json").write_text(ledger, encoding="utf-8")
    published = {"figures": {"cuts": figure}, "tables": {}}
    (work / "published.json").write_text(json.dumps(published, ensure_ascii=False), encoding="utf-8")
    (work / "grades.json").write_text(json.dumps({"effect": GRADE}, ensure_ascii=False), encoding="utf-8")
    (work / "claims.json").write_text(json.dumps({"order": {"flips": FLIPS}}), encoding="utf-8")


@pytest.fixture
def refused(root, tmp_path):
    """Lint one page, given the inside of its main part."""

    def refused(
        body: str, *, lang: str = "en", title: str = "Title", page: str = "index.html"
    ) -> list[lint.Refusal]:
        path = tmp_path / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(lang=lang, title=title, body=body), encoding="utf-8")
        return lint.lint(tmp_path, root)

    return refused


ENGLISH = {
    "paragraph": ("<p>They handled 433 cases.</p>", "433"),
    "thousands": ("<p>They handled 1,458 cases.</p>", "1,458"),
    "decimal": ("<p>It fell by 77.54%.</p>", "77.54"),
    "year": ("<p>It began in 2023.</p>", "2023"),
    "full-width": ("<p>They handled ４３３ cases.</p>", "４３３"),
    "emphasis": ("<p>They handled <strong>433</strong> cases.</p>", "433"),
    "split by markup": ("<p>They handled 4<em>3</em>3 cases.</p>", "433"),
    "heading": ('<h2><span class="section-number">1 </span>All 36 items</h2>', "36"),
    "title of a callout": ('<div class="callout-title">\nThe 36 items\n</div>', "36"),
    "callout": ('<div class="callout"><p>All 36 items.</p></div>', "36"),
    "list": ("<ol><li>All 36 items.</li></ol>", "36"),
    "caption of a figure": ("<figure><figcaption>Figure 1: Cases of 36 items.</figcaption></figure>", "36"),
    "caption of a table": (
        '<table><caption><span class="caption-label">Table 6: </span>36 items</caption></table>',
        "36",
    ),
    "cell": ("<table><tbody><tr><td>25 licences</td></tr></tbody></table>", "25"),
    "head of a table": ("<table><thead><tr><th>All 36</th></tr></thead></table>", "36"),
    "footnote": (
        '<section id="footnotes"><ol><li><p>Of 36.<a class="footnote-back">↩︎</a></p></li></ol></section>',
        "36",
    ),
    "alternative text": ('<img src="figures/cuts.svg" alt="A cut of 80%.">', "80"),
    "alternative text, of another figure": ('<img src="figures/mix.svg" alt="A cut of 77.54%.">', "77.54"),
    "alternative text, longer than a value": (
        '<img src="figures/cuts.svg" alt="A cut of 177.54%.">',
        "177.54",
    ),
    "aria-label": ('<nav aria-label="36 items"></nav>', "36"),
    "title attribute": ('<a href="#text" title="36 items">items</a>', "36"),
    "link": ('<a href="#sec-case">36 items</a>', "36"),
    "cross-reference with more": ('<a href="#tbl-tiers">Table 4, 36 items</a>', "36"),
    "citation with more": ('<span class="citation">(36 items, Herd 2018)</span>', "36"),
    "quotation": ("<blockquote><p>36 items</p></blockquote>", "36"),
    "definition": ("<dl><dt>Items</dt><dd>36</dd></dl>", "36"),
    "code that is no formula": ("<p>They handled <code>433</code> cases.</p>", "433"),
    "ordinal": ("<p>On the 3rd day.</p>", "3"),
    "fraction sign": ("<p>It fell by ½.</p>", "½"),
    "range": ("<p>It took 3–5 days.</p>", "3"),
    "half": ("<p>About half were licences.</p>", "half"),
    "halved": ("<p>Time was halved.</p>", "halved"),
    "double": ("<p>Cases doubled.</p>", "doubled"),
    "twice": ("<p>Twice as many.</p>", "Twice"),
    "two thirds": ("<p>Two thirds of them.</p>", "Two thirds"),
    "two-thirds": ("<p>A two-thirds majority.</p>", "two-thirds"),
    "a third of": ("<p>Nearly a third of them.</p>", "a third"),
    "a quarter, last": ("<p>It fell by a quarter.</p>", "a quarter"),
    "dozen": ("<p>A dozen items.</p>", "dozen"),
    "hundreds": ("<p>Hundreds of cases.</p>", "Hundreds"),
    "word": ("<p>They moved seven items.</p>", "seven"),
    "words": ("<p>Four hundred and thirty-three cases.</p>", "Four hundred and thirty-three"),
    "score": ("<p>A score of cases.</p>", "score of"),
    "threefold": ("<p>A threefold rise.</p>", "threefold"),
    "one case": ("<p>There was one case.</p>", "one"),
    "one in five": ("<p>That is one in five.</p>", "one"),
    "word in a heading": ("<h3>Seven departments</h3>", "Seven"),
    "beside a law": ("<p>Article 24 led to 36 cases.</p>", "36"),
    "part of a literal": ("<p>In 365.25 days.</p>", "365.25"),
    "a table in plain prose": ("<p>Table 9 shows it.</p>", "9"),
    "a figure at the start of a caption": ("<figure><figcaption>Figure 9: Tiers</figcaption></figure>", "9"),
    "an article that no literal holds": ("<p>Article 43 of the Administrative Licensing Law.</p>", "43"),
    "a paragraph that nothing cites": ("<td>A ¶11</td>", "11"),
    "a paragraph of another source": ("<td>B ¶12</td>", "12"),
    "a paragraph without a source": ("<td>¶ 7</td>", "7"),
    "mathematics": ("<p><math><mn>36</mn></math> items</p>", "36"),
    "a picture in the page": ("<svg><text>36 items</text></svg>", "36"),
    "code set apart": ("<pre><code>x = 1458</code></pre>", "1458"),
    "start of a list": ('<ol start="433"><li>Items.</li></ol>', "433"),
    "number of an item": ('<ol><li value="433">Items.</li></ol>', "433"),
    "page in a page": ('<iframe srcdoc="All 36 items"></iframe>', "36"),
    "one hour": ("<p>It takes one hour.</p>", "one"),
    "percentile": ("<p>The fiftieth percentile.</p>", "fiftieth"),
    "small percentile": ("<p>The fifth percentile.</p>", "fifth"),
    "once a year": ("<p>Once a year.</p>", "Once"),
    "only once": ("<p>Used only once.</p>", "once"),
    "tenths": ("<p>Some tenths of it.</p>", "tenths"),
    "nil": ("<p>Complaints were nil.</p>", "nil"),
    "myriad": ("<p>A myriad of cases.</p>", "myriad"),
    "decade": ("<p>Within a decade.</p>", "decade"),
    "fortnight": ("<p>It takes a fortnight.</p>", "fortnight"),
    "one household": ("<p>Only one household asked.</p>", "one"),
    "one office": ("<p>They went to one office.</p>", "one"),
    "one official": ("<p>It has one official.</p>", "one"),
    "one person": ("<p>It takes one person.</p>", "one"),
    "one of a kind": ("<p>It has one administrative licence.</p>", "one"),
    "a single case": ("<p>There was a single case.</p>", "single"),
    "a remaining part": ("<p>The remaining fifth.</p>", "remaining fifth"),
    "a last quarter of something": ("<p>The last quarter of items.</p>", "last quarter"),
    "sextupled": ("<p>Cases sextupled.</p>", "sextupled"),
    "septupled": ("<p>Cases septupled.</p>", "septupled"),
    "per mille": ("<p>One per mille.</p>", "One"),
    "Roman": ("<p>In batch XIV.</p>", "XIV"),
    "Roman, of a year": ("<p>In MMXXIV.</p>", "MMXXIV"),
    "signs": ("<p>Items ㉑ and ㊱.</p>", "㊱"),
    "sign of ten": ("<p>All 🔟 items.</p>", "🔟"),
    "days as a limit": ("<p>A 24-hour limit.</p>", "24"),
    "facts, not arguments": ("<p>There are three sources.</p>", "three"),
    "reasons beyond ten": ("<p>There are twenty reasons.</p>", "twenty"),
    "lines": ("<p>They moved<br>seven items.</p>", "seven"),
    "class of the bibliography": ('<p class="csl-entry">All 36 items.</p>', "36"),
    "class of scripts": ('<p><span class="template">36 items</span></p>', "36"),
    "class of links": ('<p><a class="from-notebook" href="a.html" title="36 items">36</a></p>', "36"),
    "class of times, as a tag": ("<p><date>36 items</date></p>", "36"),
    "class of code": ('<p><code class="x">433</code></p>', "433"),
    "part of a convention": ("<p>Right in 95% of cases.</p>", "95"),
    "one each": ("<p>The towns had one case each.</p>", "one"),
}
CHINESE = {
    "段落": ("<p>共办理433件。</p>", "433"),
    "全角": ("<p>共办理４３３件。</p>", "４３３"),
    "万": ("<p>全省２.65万个村。</p>", "２.65万"),
    "汉字": ("<p>共办理四百三十三件。</p>", "四百三十三件"),
    "工作日": ("<p>三十个工作日内办结。</p>", "三十个工作日"),
    "日": ("<p>七日内办结。</p>", "七日"),
    "两个": ("<p>两个部门。</p>", "两个"),
    "十多": ("<p>十多个部门。</p>", "十多个"),
    "两万": ("<p>超过两万。</p>", "两万"),
    "近百": ("<p>近百项。</p>", "近百"),
    "百分百": ("<p>满意度百分百。</p>", "百分百"),
    "廿三": ("<p>廿三项。</p>", "廿三项"),
    "几十": ("<p>几十项。</p>", "几十项"),
    "百分之": ("<p>压缩百分之七十七。</p>", "百分之七十七"),
    "百分之，数字": ("<p>压缩百分之77。</p>", "百分之77"),
    "第": ("<p>位居全省第三。</p>", "第三"),
    "第，数字": ("<p>第2批。</p>", "第2"),
    "三分之二": ("<p>三分之二为许可。</p>", "三分之二"),
    "一半": ("<p>约一半为许可。</p>", "一半"),
    "过半": ("<p>许可过半。</p>", "过半"),
    "半年": ("<p>半年内完成。</p>", "半年"),
    "翻番": ("<p>办件量翻番。</p>", "翻番"),
    "翻两番": ("<p>办件量翻两番。</p>", "翻两番"),
    "倍": ("<p>达到三倍。</p>", "三倍"),
    "成": ("<p>约两成属于许可。</p>", "两成"),
    "点": ("<p>减少一点五次。</p>", "一点五"),
    "年": ("<p>二〇二三年开始。</p>", "二〇二三年"),
    "月": ("<p>三月底截止。</p>", "三月"),
    "一件": ("<p>仅有一件。</p>", "一件"),
    "标题": ('<h2><span class="section-number">一、</span>36项职权</h2>', "36"),
    "图题": ('<figcaption><span class="caption-label">图1</span>36项职权</figcaption>', "36"),
    "表格": ("<table><tr><td>二十五项许可</td></tr></table>", "二十五项"),
    "脚注": ('<section id="footnotes"><ol><li><p>共36项。</p></li></ol></section>', "36"),
    "要点": ('<div class="callout-title">三大结论</div>', "三大"),
    "替代文本": ('<img src="figures/cuts.svg" alt="压缩八成。">', "八成"),
    "替代文本，数字": ('<img src="figures/cuts.svg" alt="压缩80%。">', "80"),
    "一例": ("<p>仅有一例。</p>", "一例"),
    "一趟": ("<p>少跑一趟。</p>", "一趟"),
    "零": ("<p>实现零跑动。</p>", "零"),
    "减为零": ("<p>跑动减为零。</p>", "零"),
    "增至": ("<p>由十五增至二十。</p>", "十五"),
    "增至五": ("<p>由三增至五。</p>", "五"),
    "降为一": ("<p>跑动降为一。</p>", "一"),
    "季度": ("<p>三季度起实施。</p>", "三季"),
    "三 成": ("<p>压缩三 成。</p>", "三 成"),
    "俩": ("<p>仅有俩部门。</p>", "俩"),
    "书名": ("<p>《关于36项职权的决定》。</p>", "36"),
    "来源之外的法名": ("<p>《建筑法（2018年修正）》。</p>", "2018"),
    "来源之外的法条": ("<p>《行政许可法》第四十三条。</p>", "第四十三"),
    "文号": ("<p>粤府〔2023〕12号。</p>", "12"),
    "图，正文": ("<p>见图9。</p>", "9"),
    "段，无来源": ("<td>第7段</td>", "第7"),
    "段，未引": ("<td>A，第11段</td>", "第11"),
    "一户": ("<p>惠及一户。</p>", "一户"),
    "一人": ("<p>其中一人投诉。</p>", "一人"),
    "一家": ("<p>涉及一家企业。</p>", "一家"),
    "仅一项": ("<p>仅一项未办结。</p>", "一项"),
    "只有一个县": ("<p>只有一个县承接。</p>", "一个"),
    "仅一县": ("<p>仅一县承接。</p>", "一县"),
    "半小时": ("<p>半小时办结。</p>", "半小时"),
    "百亿": ("<p>投资百亿。</p>", "百亿"),
    "千亿": ("<p>投资千亿。</p>", "千亿"),
    "一个亿": ("<p>投资一个亿。</p>", "一个亿"),
    "十万": ("<p>惠及十万群众。</p>", "十万"),
    "二〇二三": ("<p>始于二〇二三。</p>", "二〇二三"),
    "廿四": ("<p>共廿四。</p>", "廿四"),
    "对折": ("<p>时长打对折。</p>", "对折"),
    "五五开": ("<p>两类五五开。</p>", "五五开"),
    "三七开": ("<p>两类三七开。</p>", "三七开"),
    "十之八九": ("<p>十之八九已办结。</p>", "十之八九"),
    "百分之几": ("<p>不过百分之几。</p>", "百分之几"),
    "百分点一": ("<p>约为百分点一。</p>", "百分点一"),
    "符号": ("<p>㉑㊱</p>", "㉑㊱"),
    "名次": ("<p>全省第一，全国第三。</p>", "第一"),
    "问题": ("<p>检查发现两个问题。</p>", "两个"),
    "时限": ("<p>24小时内办结。</p>", "24"),
    "大写之外": ("<p>二十大举措。</p>", "二十大"),
    "法条之外": ("<p>《行政许可法》第四十二条规定二十日。</p>", "二十日"),
}
ITEMS = '<span class="value" data-key="municipal.items">36 items</span>'
BARE = '<span class="value" data-key="municipal.items">36</span>'
CHINESE |= {
    "余": (f"<p>{BARE}余项。</p>", "36余"),
    "美元": (f"<p>{BARE}美元。</p>", "36美元"),
    "日办": (f"<p>日办{BARE}件。</p>", "日办36件"),
}
ENGLISH |= {
    "lakh": (f"<p>{BARE} lakh.</p>", "36 lakh"),
    "ordinal": (f"<p>The {BARE}th case.</p>", "36th"),
    "odd": (f"<p>{BARE}-odd villages.</p>", "36-odd"),
    "currency": (f"<p>USD {BARE}.</p>", "USD 36"),
    "product": (f"<p>{BARE} × {BARE}.</p>", "36 × 3"),
    "daily": (f"<p>daily {BARE}.</p>", "daily 36"),
    "one in a value": (f"<p>One in {ITEMS} was late.</p>", "One"),
    "one of a value": (f"<p>Only one of the {ITEMS} was late.</p>", "one"),
    "scores": ("<p>Scores of cases were late.</p>", "Scores of"),
    "year in a citation": ('<p><span class="citation">(1850 cases were handled)</span></p>', "1850"),
}
PLANTED = {f"en: {name}": ("en", *planted) for name, planted in ENGLISH.items()}
PLANTED |= {f"zh: {name}": ("zh", *planted) for name, planted in CHINESE.items()}


class TestPlanted:
    """A numeral that nothing accounts for is found, wherever it stands and however it is written."""

    def test_there_are_enough(self):
        assert len(PLANTED) >= 60

    @pytest.mark.parametrize(("lang", "body", "numeral"), PLANTED.values(), ids=PLANTED)
    def test_found(self, refused, lang, body, numeral):
        found = refused(body, lang=lang)
        assert numeral in [refusal.numeral for refusal in found]
        assert {refusal.page for refusal in found} == {"index.html"}

    @pytest.mark.parametrize("lang", ["en", "zh"])
    def test_in_the_title_it_is_found_in_the_window_and_on_the_page(self, refused, lang):
        found = refused("<p></p>", lang=lang, title="36 items")
        assert [(refusal.numeral, refusal.line) for refusal in found] == [("36", 2), ("36", 3)]

    @pytest.mark.parametrize("attribute", ["alt", "aria-label", "aria-description", "title", "placeholder"])
    def test_in_what_is_read_out(self, refused, attribute):
        assert [each.numeral for each in refused(f'<img {attribute}="36 items">')] == ["36"]

    def test_in_the_description_of_the_page(self, refused):
        assert [each.numeral for each in refused('<meta name="description" content="36 items">')] == ["36"]


ALLOWED = {
    "heading numbers": ("en", '<h2><span class="section-number">3.1 </span>Tiers</h2>'),
    "heading numbers, 一、": ("zh", '<h3><span class="section-number">（一）</span>试点</h3>'),
    "heading numbers, Quarto": ("en", '<h2><span class="header-section-number">2</span> Tiers</h2>'),
    "caption labels": ("en", '<caption><span class="caption-label"><b>Table 6: </b></span>Tiers</caption>'),
    "caption labels, Quarto": (
        "en",
        '<figcaption class="quarto-float-caption">Figure\xa01: Tiers</figcaption>',
    ),
    "cross-references": (
        "en",
        (
            '<table id="tbl-tiers"><caption><span class="caption-label">Table 4: </span></caption></table>'
            '<section id="sec-case"><h2><span class="header-section-number">2</span></h2></section>'
            '<p><a href="#tbl-tiers">Table\xa04</a>, <a href="#sec-case">Section 2</a></p>'
        ),
    ),
    "cross-references, Quarto": (
        "en",
        (
            '<p><a href="#fig-cuts">Figure\xa03</a></p><div id="fig-cuts"><figure>'
            '<figcaption id="fig-cuts-caption" class="quarto-float-caption">Figure\xa03: Cuts</figcaption>'
            "</figure></div>"
        ),
    ),
    "cross-references, zh": (
        "zh",
        (
            '<figure id="fig-cuts"><figcaption><span class="caption-label">图3</span></figcaption></figure>'
            '<section id="sec-b"><h2><span class="section-number">三、</span></h2>'
            '<section id="sec-a"><h3><span class="section-number">（一）</span></h3></section></section>'
            '<p><a href="#fig-cuts">图3</a>、<a href="#sec-b">第三节</a>，'
            '<a href="#sec-a">第三节（一）</a></p>'
        ),
    ),
    "citations": ("en", '<p><span class="citation">(<a href="#ref-m">Manski 1989, p. 12</a>)</span></p>'),
    "citations, by number": ("zh", '<p><span class="citation"><sup>[<a href="#m">12</a>]</sup></span></p>'),
    "bibliography": ("en", '<div id="refs"><div class="csl-entry">Manski. 1989. 24: 343–60.</div></div>'),
    "footnote marks": ("en", '<p>Text.<a href="#fn1" class="footnote-ref"><sup>1</sup></a></p>'),
    "dates": ("en", '<p class="date"><time>23 November 2026</time></p>'),
    "dates, zh": ("zh", "<p><time>2026年11月23日</time></p>"),
    "scripts and styles": ("en", "<script>let x = 5</script><style>p { margin: 3px }</style>"),
    "names of files": ("en", '<a href="../notebooks/01-evidence.html" title="01-evidence">How</a>'),
    "articles": ("en", "<p>Articles 42 and 82 of the Administrative Licensing Law.</p>"),
    "articles, zh": ("zh", "<p>《行政许可法》第二十四条、《建筑法》第八条。</p>"),
    "titles of works": ("zh", "<p>《中华人民共和国行政许可法（2019年修正）》</p>"),
    "titles of sources": ("zh", "<p>《深化扩权强县改革 赋能“百千万工程”》</p>"),
    "paragraphs": ("en", "<td>A ¶12</td>"),
    "paragraphs, zh": ("zh", "<td>A，第12段</td>"),
    "idioms": ("zh", "<p>第一线、第一时间、第三方，从一个部门变为一般事项，下一季度。</p>"),
    "once": ("en", "<p>Used at least once; once a case is closed, all at once.</p>"),
    "names": ("zh", "<p>“百千万工程”与“两个100%”改革。</p>"),
    "names, en": ("en", "<p>The “two 100%” reform.</p>"),
    "ordinary words": (
        "zh",
        "<p>一般、进一步、统一、一项、一个、唯一、万一、十分、一切、千方百计、零件、零售、一致、一体化。</p>",
    ),
    "pronouns": ("en", "<p>One of them, no one, one another, the first, the third party.</p>"),
    "quarters of the calendar": ("en", "<p>By the end of the next quarter, on behalf of the city.</p>"),
    "per cent without a number": ("en", "<p>A share in per cent.</p>"),
    "conventions": (
        "en",
        "<p>True at no less than 95 per cent confidence, with months of a twelfth of 365.25 days.</p>",
    ),
    "conventions, zh": ("zh", "<p>在不低于百分之九十五的置信度下，每月为365.25天的十二分之一。</p>"),
    "reasons": ("en", "<p>There are three main reasons. One of the two numbers is wrong.</p>"),
    "reasons, zh": (
        "zh",
        "<p>有三点理由：第一，省时；第二，省钱，第三，省心。体现在三个方面。第三，方便。</p>",
    ),
    "names of methods": ("en", "<p>A two-sided test, a triple difference, no double counting.</p>"),
    "names of plans": ("en", "<p>The 14th Five-Year Plan, a 24-hour service.</p>"),
    "names of plans, zh": ("zh", "<p>“十四五”时期，十四五规划，党的二十大，一件事一次办。</p>"),
    "one as an article": (
        "zh",
        "<p>一个县、一项改革、一些、一种、一人之力、一户一策、每一户、任何一家企业、一次性、千万不要。</p>",
    ),
    "acronyms": ("en", "<p>A MIX of CIVIL and DIM, an IV, a CLI.</p>"),
    "parts of a year": ("en", "<p>In the last quarter, the last quarter of the year.</p>"),
    "formulas with numbers": ("en", '<p><code class="formula">100 * 6 / 87</code></p>'),
    "a day of the week, dates in words": ("zh", "<p>前一日期早于后一日期，日常办理，年度总结。</p>"),
}


class TestAllowed:
    @pytest.mark.parametrize(("lang", "body"), ALLOWED.values(), ids=ALLOWED)
    def test_by_role_reference_or_literal(self, refused, lang, body):
        assert refused(body, lang=lang) == []

    @pytest.mark.parametrize("text", ["433 cases", "433"])
    def test_ledger_values_as_the_ledger_writes_them(self, refused, text):
        assert refused(f"<p>There were {CASES.format(text)} in all.</p>") == []

    def test_ledger_values_that_are_links(self, refused):
        body = '<a class="value" href="evidence.html#municipal.items" data-key="municipal.items">36项</a>'
        assert refused(f"<p>{body}</p>", lang="zh") == []

    def test_formulas_of_the_ledger(self, refused, ledger):
        formula = html.escape(ledger["municipal.months"].formula)
        assert "365.25" in formula
        assert refused(f"<td><code>{formula}</code></td>") == []

    def test_code_in_the_prose_of_a_notebook(self, refused):
        body = "<pre>x = 1458</pre><p>Run <code>x = 1458</code>.</p>"
        assert refused(body, page="notebooks/02-tiers.html") == []
        assert [each.numeral for each in refused(body)] == ["1458", "1458"]

    def test_tables_that_a_notebook_gives(self, refused):
        table = '<table class="dataframe"><tr><td>36</td></tr></table>'
        assert refused(table, page="notebooks/02-tiers.html") == []
        assert len(refused('<p class="dataframe">36</p>', page="notebooks/02-tiers.html")) == 1

    @pytest.mark.parametrize(
        ("alt", "numerals"),
        [
            ("Cuts of 77.54% and 74.48%.", []),
            ("Trips: 1.25 to 1.35 trips.", []),
            ("Trips: 1.25 to 1.35, from 1.25.", []),
            ("Trips: 1.3 trips, 1.36 trips.", ["1.36"]),
            ("Cuts of 77.54 thousand.", ["77.54 thousand"]),
        ],
    )
    def test_alternative_text_holds_ends_of_the_figures_own_values(self, refused, alt, numerals):
        assert [each.numeral for each in refused(f'<img src="figures/cuts.svg" alt="{alt}">')] == numerals

    def test_values_in_the_title(self, refused):
        title = CASES.format("433 cases")
        found = refused("<p></p>", title=title)
        assert [each.sentence for each in found] == []


class TestChecked:
    """Elements whose text is held against the ledger or the seeds."""

    @pytest.mark.parametrize("text", ["434 cases", "433件", "433 case", ""])
    def test_a_value_that_the_ledger_writes_otherwise(self, refused, text):
        (found,) = refused(f"<p>There were {CASES.format(text)}.</p>")
        assert (found.numeral, found.why) == (text, "is not how the ledger writes municipal.cases")

    def test_a_key_that_does_not_exist(self, refused):
        (found,) = refused('<p><span class="value" data-key="municipal.casez">433 cases</span></p>')
        assert found.why == "is not how the ledger writes municipal.casez"

    @pytest.mark.parametrize(
        ("role", "text", "right"),
        [
            ("phrase", "业务办理量为433件", True),
            ("phrase", "业务办理量为434件", False),
            ("phrase", "433件", False),
            ("translation", "a caseload of 433 cases", True),
            ("translation", "a caseload of 434 cases", False),
        ],
    )
    def test_a_phrase_is_the_source_s(self, refused, role, text, right):
        body = f'<td><span class="{role}" data-fact="municipal.cases">{text}</span></td>'
        assert [each.why for each in refused(body)] == (
            [] if right else [f"is not the {role} of municipal.cases"]
        )

    def test_quotation_marks_may_be_set(self, refused):
        body = '<span class="translation" data-fact="context.two_100">the "two 100%" reform</span>'
        assert refused(f"<td>{body}</td>") == []

    @pytest.mark.parametrize(
        ("text", "right"),
        [
            ("6 August 2024", True),
            ("2024年8月6日", True),
            ("深化扩权强县改革 赋能“百千万工程”", True),
            ("repost on an unrelated stock-lending site", True),
            ("7 August 2024", False),
            ("C", False),
            ("a copy of the page, as handed over", False),
            ("the reforming government", False),
        ],
    )
    def test_the_date_and_names_of_a_source(self, refused, text, right):
        found = refused(f'<td><span class="source" data-source="A">{text}</span></td>')
        assert [each.why for each in found] == ([] if right else ["does not name the source"])

    @pytest.mark.parametrize(
        ("claim", "text", "right"),
        [("order", "635 cases", True), ("order", "636 cases", False), ("other", "635 cases", False)],
    )
    def test_what_flips_a_claim(self, refused, claim, text, right):
        found = refused(f'<td><span class="flip" data-claim="{claim}">{text}</span></td>')
        assert [each.why for each in found] == ([] if right else ["is not what flips a claim"])

    @pytest.mark.parametrize(
        ("figure", "text", "right"),
        [
            ("cuts", "1,000.5", True),
            ("cuts", "1,000.6", False),
            ("other", "1,000.5", False),
            ("cuts", "99 counties", False),  # handed over as a point, but no bare number
        ],
    )
    def test_what_a_figure_draws(self, refused, figure, text, right):
        found = refused(f'<td><span class="drawn" data-figure="{figure}">{text}</span></td>')
        assert [each.why for each in found] == (
            [] if right else ["is no number of a point that the figure draws"]
        )

    @pytest.mark.parametrize(
        ("grade", "text", "right"),
        [
            ("effect", GRADE["en"], True),
            ("effect", GRADE["en"].replace("1", "2"), False),
            ("use", GRADE["en"], False),
        ],
    )
    def test_a_grade(self, refused, grade, text, right):
        found = refused(f'<p>Unclear. <span class="grade" data-grade="{grade}">{text}</span></p>')
        assert [each.why for each in found] == ([] if right else ["is not the grade of that conclusion"])

    @pytest.mark.parametrize("body", ["<p>1{}</p>", "<p>{}5</p>", "<p>1,{}</p>"])
    def test_a_digit_beside_a_value(self, refused, body):
        assert len(refused(body.format(CASES.format("433")))) == 1

    @pytest.mark.parametrize(
        ("label", "target"), [("Table 9", "tbl-tiers"), ("Table 14", "tbl-tiers"), ("Table 4", "tbl-pilot")]
    )
    def test_a_reference_bears_the_label_of_what_it_leads_to(self, refused, label, target):
        table = (
            '<table id="tbl-tiers"><caption><span class="caption-label">Table 4: </span></caption></table>'
        )
        (found,) = refused(f'<p><a href="#{target}">{label}</a></p>{table}')
        assert (found.numeral, found.why) == (label, f"is not the label of #{target}")

    def test_a_reference_to_a_section_does(self, refused):
        section = '<section id="sec-case"><h2><span class="section-number">2.1 </span>Case</h2></section>'
        assert refused(f'<p><a href="#sec-case">Section 2.1</a></p>{section}') == []
        assert len(refused(f'<p><a href="#sec-case">Section 1</a></p>{section}')) == 1

    def test_one_label_a_reference(self, refused):
        table = (
            '<table id="tbl-tiers"><caption><span class="caption-label">Table 4: </span></caption></table>'
        )
        found = refused(f'<p><a href="#tbl-tiers">Table 4, Table 9</a></p>{table}')
        assert [each.numeral for each in found] == ["9"]


VALUES = {
    "cases": "municipal.cases",
    "months": "municipal.months",
    "cut": "municipal.time_cut",
    "gap": "gap.time_cut",
    "rate": "municipal.cases_per_month",
    "trips": "municipal.trips_cut",
    "departments": "municipal.departments",
    "levels": "pilot.insurance_levels",
    "times": "gap.caseload_ratio",
    "date": "municipal.counted_to",
    "unknown": "provincial.cases_per_item",
}
"""Keys of a unit each; in a text ``<cases as=bare>`` stands for such a value."""


class TestBeside:
    """What stands beside a value: its own unit, and nothing that makes another number of it."""

    @pytest.fixture
    def beside(self, refused, ledger):
        def beside(text: str, lang: str) -> list[str]:
            def value(found: re.Match[str]) -> str:
                key, form = VALUES[found[1]], found[2] or "value"
                said = ledger.entries[key].text[lang][form]
                return f'<span class="value" data-key="{key}">{said}</span>'

            body = re.sub(r"<(\w+)(?: as=(\w+))?>", value, text)
            return [each.why for each in refused(f"<p>{body}</p>", lang=lang)]

        return beside

    @pytest.mark.parametrize(
        "text",
        [
            "<cases as=bare>%",
            "<cases as=bare> per cent",
            "<cases as=bare> percent of them",
            "<cut as=bare> percentage points",
            "<cut> points",
            "<gap as=bare> per cent",
            "<cases as=bare> trillion",
            "<cases> thousand",
            "<cases as=bare> thousand cases",
            "<cases as=bare>k",
            "<cases as=bare> bn",
            "<cases as=bare>-fold",
            "<cases as=bare>fold",
            "<cases as=bare> times",
            "<cases as=bare> working days",
            "<cases as=bare>-day limit",
            "<cases as=bare> items",
            "<cases as=bare> cases a month",
            "<cases> a month",
            "<cases> per item",
            "<rate as=bare> cases",
            "<levels as=words> items",
            "minus <cases as=bare>",
            "It is -<cases as=bare>",
            "It is −<cases>",
            "It is –<cases>",
            "(-<cases as=bare>)",
            "It is .<cases as=bare>",
            "It is $<cases as=bare>",
            "It is <cases as=bare><months as=bare>",
            "It is <cases as=bare>.<cases as=bare>",
            "<cases as=bare> villages took part",
            "<cases as=bare> poor households",
            "<cases as=bare>-village programme",
            "<months as=bare> cases",
            "<cases as=bare>+",
            "every <cases as=bare>th",
            "Every <cases as=bare> cases",
            "<cases> daily",
            "<cases as=bare> cases annually",
            "<cases> per working day",
            "<cases>/1",
            ">{}".format("<cases>"),
            "over <cases>",
            "More than <cases>",
            "nearly <cases>",
            "at least <cases as=bare> cases",
            "up to <cut>",
            "≥ <cases>",
            "about <departments>",
            "<cases> or more",
            "<cases as=bare> or so",
        ],
    )
    def test_another_number(self, beside, text):
        assert beside(text, "en") == ["makes another number of a ledger value"]

    @pytest.mark.parametrize(
        "text",
        [
            "<cases as=bare>万",
            "<cases as=bare>百件",
            "<cases as=bare>千",
            "<cases as=bare>亿件",
            "<cases>%",
            "<cases as=bare>成",
            "<cases as=bare>倍",
            "<cut as=bare>个百分点",
            "<cut as=bare>百分点",
            "<gap as=bare>%",
            "<cases as=bare>个工作日",
            "<months as=bare>个工作日",
            "<months as=bare>个部门",
            "<departments as=bare>个工作日",
            "<departments as=bare>项",
            "<cases as=bare>人",
            "<cases as=bare>点五",
            "<rate as=bare>件",
            "每月<cases>",
            "每项<rate>",
            "月均<cases>",
            "百分之<cut as=bare>",
            "三分之<cases as=bare>",
            "负<cases as=bare>",
            "为-<cases as=bare>",
            "第<cases as=bare>件",
            "<cases as=bare>件以上",
            "<cases>以下",
            "<cases>以内",
            "<cases>左右",
            "每<cases>",
            "<cases>每月",
            "<cases>/天",
            "每个工作日<cases>",
            "<cases as=bare>企业",
            "<departments as=bare>单位",
            "近<cases>",
            "约<cases as=bare>件",
            "超过<cases>",
            "不足<cases>",
            "至少有<cases>",
            "不低于<cut>",
        ],
    )
    def test_another_number_zh(self, beside, text):
        assert "makes another number of a ledger value" in beside(text, "zh")

    @pytest.mark.parametrize(
        "text",
        [
            "<cases>.",
            "<cases as=bare> cases in all",
            "a <cases as=bare>-case record",
            "<cases as=bare> handled; <cases> more",
            "<cut as=bare> per cent",
            "<cut as=bare>% of it",
            "<gap> apart",
            "<rate> on average, <rate as=interval>",
            "<rate as=bare> cases a month",
            "<levels as=words> levels of insurance",
            "as many as <cases>",
            "about <rate>, at least <gap>",
            "up to <rate as=interval>",
            "<cases as=bare> provincial cases",
            "<date> a month earlier",
            "<months>–<months>",
            "counts—<cases>",
            "<unknown> per cent",
        ],
    )
    def test_the_same(self, beside, text):
        assert beside(text, "en") == []

    @pytest.mark.parametrize(
        "text",
        [
            "<cases as=bare>件",
            "<cases as=bare>成立",
            "<departments as=bare>个市直部门",
            "<departments>的事项",
            "<levels as=words>级医保",
            "<trips as=bare>次",
            "<gap>和<gap as=interval>",
            "<rate as=interval>",
            "每月<rate as=bare>件",
            "多达<cases>",
            "约<rate>，不低于<gap>",
            "最近<cases>，节约<cases>",
            "<departments as=bare>部门",
            "<times>，<months>",
            "<trips>–<trips>",
            "<unknown>时",
            "截至<date>",
        ],
    )
    def test_the_same_zh(self, beside, text):
        assert beside(text, "zh") == []

    def test_says_which(self, refused):
        (found,) = refused(f"<p>It is -{CASES.format('433')} thousand.</p>")
        assert found.numeral == "-433 thousand"


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg"><style>text {{ margin: 5px }}</style>'
    '<g class="mark-group role-axis" aria-label="{axis}"><g class="mark-text role-axis-label">{ticks}</g>'
    '<g class="mark-text role-axis-title"><text>{title}</text></g></g>'
    '<g class="mark-text role-mark"><text aria-label="value: 77.54">{mark}</text></g></svg>'
)
LINEAR = "X-axis titled 'Time' for a linear scale with values from 0 to 143"
DISCRETE = "Y-axis for a discrete scale with 2 values: 36 items"


def drawn(axis: str = LINEAR, ticks: tuple[str, ...] = (), title: str = "Time", mark: str = "") -> str:
    """A chart as it is drawn."""
    said = "".join(f"<text>{tick}</text>" for tick in ticks)
    return SVG.format(axis=axis, ticks=said, title=title, mark=mark)


class TestCharts:
    @pytest.fixture
    def charted(self, root, tmp_path):
        """Lint a site without pages that has one picture."""

        def charted(lang: str, svg: str) -> list[lint.Refusal]:
            path = tmp_path / EDITIONS[lang] / "figures" / "cuts.svg"
            path.parent.mkdir(parents=True)
            path.write_text(svg, encoding="utf-8")
            return lint.lint(tmp_path, root)

        return charted

    @pytest.mark.parametrize(
        ("lang", "text", "found"),
        [
            ("en", "A cut of 77.54% against 74.48%", []),
            ("en", "A cut of 80%", ["80"]),
            ("en", "Half the time", ["Half"]),
            ("en", "All 433 cases", ["433"]),
            ("en", "77.5", ["77.5"]),
            ("en", "77.54 points", ["77.54 points"]),
            ("zh", "压缩77.54%", []),
            ("zh", "压缩近八成", ["八成"]),
        ],
    )
    def test_a_text_holds_values_of_the_figure_only(self, charted, lang, text, found):
        assert [each.numeral for each in charted(lang, drawn(mark=text))] == found

    def test_in_the_title_of_an_axis(self, charted):
        assert [each.numeral for each in charted("en", drawn(title="Of 36 items"))] == ["36"]

    def test_ticks_of_a_scale_are_exempt(self, charted):
        ticks = (
            "0",
            "1,000",
            "−50",
            "25%",
            "<tspan>May</tspan><tspan>2023</tspan>",
            "Jul",
            "5月",
            "5月2023年",
        )
        assert charted("en", drawn(ticks=ticks)) == []

    def test_what_a_tick_says_beside_its_number_is_not(self, charted):
        found = charted("en", drawn(ticks=("25 items", "36 times the half", "Twenty")))
        assert [each.numeral for each in found] == ["25", "36", "half", "Twenty"]

    @pytest.mark.parametrize(
        "axis",
        [DISCRETE, f"{DISCRETE} {LINEAR}", f"{LINEAR}' {DISCRETE}", ""],
    )
    def test_names_of_categories_are_no_ticks(self, charted, axis):
        assert [each.numeral for each in charted("en", drawn(axis, ticks=("36",)))] == ["36"]

    def test_a_text_is_one_over_its_lines(self):
        lines = "<tspan>相差3.0</tspan><tspan>6个百分点</tspan>"
        assert lint.chart_texts(drawn(title="", mark=lines).encode(), "zh") == ["", "相差3.06个百分点"]
        lines = "<tspan>The gap is</tspan><tspan>3.06</tspan>"
        assert lint.chart_texts(drawn(title="", mark=lines).encode(), "en") == ["", "The gap is 3.06"]

    def test_as_vega_draws_them(self, tmp_path):
        spec = {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.1.json",
            "title": "Cuts",
            "data": {"values": [{"cut": 77.54, "kind": "Provincial", "level": 3}]},
            "layer": [
                {
                    "mark": {"type": "text", "text": {"expr": "format(datum.cut * 2, '.1f')"}},
                    "transform": [{"calculate": "datum.cut + 1", "as": "more"}],
                },
                {
                    "mark": "text",
                    "encoding": {
                        "text": {"field": "more", "condition": {"test": "true", "value": "9 of 10"}}
                    },
                    "transform": [{"calculate": "datum.cut + 1", "as": "more"}],
                },
                {"mark": "text", "encoding": {"text": {"datum": "half of 7"}}},
                {
                    "mark": "bar",
                    "encoding": {
                        "x": {
                            "field": "cut",
                            "type": "quantitative",
                            "axis": {"labelExpr": "datum.value + ' items'"},
                        },
                        "y": {
                            "field": "kind",
                            "type": "nominal",
                            "axis": {"labelExpr": "'5 ' + datum.label"},
                        },
                        "color": {"field": "level", "type": "ordinal", "title": "Level of 4"},
                    },
                },
            ],
        }
        svg = pictures.picture(spec, tmp_path)["svg"]
        texts = lint.chart_texts(svg, "en")
        assert {"155.1", "9 of 10", "half of 7", "5 Provincial", "3", "Level of 4"} <= set(texts)
        assert "20 items" in texts

    def test_named_by_notebook_and_figure(self, charted):
        (found,) = charted("en", drawn(mark="A cut of 80%"))
        assert str(found) == (
            "notebooks/02-tiers.ipynb, figure cuts (en): "
            "‘80’ is no ledger value; mark it as one, or allow it with a reason in seeds/literals.csv: "
            "A cut of 80%"
        )


class TestFrontMatter:
    @pytest.fixture
    def fronted(self, root, refused):
        """Lint an empty page whose front matter has some lines."""
        path = root / "index.qmd"
        before = path.read_text(encoding="utf-8")

        def fronted(lines: str) -> list[str]:
            path.write_text(f"---\ncase: meizhou\n{lines}\n---\n", encoding="utf-8")
            return [each.numeral for each in refused("<p>None.</p>")]

        yield fronted
        path.write_text(before, encoding="utf-8")

    @pytest.mark.parametrize(
        ("lines", "found"),
        [
            ("description: All 36 items", ["36"]),
            ("keywords: [reform, 36 items]", ["36"]),
            ("subtitle: Of `municipal.items`{.value}, seven", ["seven"]),
            ("abstract: |\n  Some text.\n  All 36 items.", ["36"]),
            ("description: Of `municipal.items`{.value}", []),
            ("author: Bureau of the 36 items", ["36"]),
            ("comments: {of: All 36 items}", ["36"]),
            ("date: 2026-11-23", []),
        ],
    )
    def test_what_a_reader_sees_of_it(self, fronted, lines, found):
        assert fronted(lines) == found

    @pytest.mark.parametrize(
        "lines", ["abstract: '<b>36</b>'", "subtitle: '[36]{.source}'", "title: 'Of $36$ items'"]
    )
    def test_mark_up_is_refused(self, fronted, lines):
        with pytest.raises(BuildError, match=r"index\.qmd, front matter, line 1"):
            fronted(lines)

    @pytest.mark.parametrize("front", ["", "---\ntitle: T\n---\n", "---\ncase: elsewhere\n---\n"])
    def test_a_page_without_a_case_is_refused(self, root, refused, front):
        (root / "other.qmd").write_text(front, encoding="utf-8")
        with pytest.raises(BuildError, match=r"^other\.qmd: its front matter names no case that was built"):
            refused("<p>None.</p>", page="other.html")
        (root / "other.qmd").unlink()


class TestPlace:
    def test_page_line_and_sentence(self, refused):
        (found,) = refused("<p>One sentence.\nThey handled 433 cases. Not all.</p>")
        assert str(found) == (
            "index.html, line 5: ‘433’ is no ledger value; mark it as one, or allow it with a reason in "
            "seeds/literals.csv: They handled 433 cases."
        )

    def test_error_has_a_line_each(self, root, tmp_path):
        (tmp_path / "index.html").write_text(PAGE.format(lang="en", title="T", body="<p>7</p><p>8</p>"))
        with pytest.raises(BuildError) as caught:
            lint.refuse_unmarked(tmp_path, root)
        assert [line.split(" is ")[0] for line in str(caught.value).splitlines()] == [
            "index.html, line 4: ‘7’",
            "index.html, line 4: ‘8’",
        ]

    def test_no_error_without_refusals(self, root, tmp_path):
        (tmp_path / "index.html").write_text(PAGE.format(lang="en", title="T", body="<p>None.</p>"))
        lint.refuse_unmarked(tmp_path, root)
        assert lint.lint(tmp_path, root) == []


class TestLiterals:
    def test_each_has_a_reason_and_a_language(self):
        rows = lint.rows(ROOT / "seeds/literals.csv")
        assert all(len(row["reason"]) > 10 and row["language"] in {"en", "zh", "any"} for row in rows)
        assert len({row["literal"] for row in rows}) == len(rows)

    def test_each_would_be_refused_without_it(self):
        rows = lint.rows(ROOT / "seeds/literals.csv")
        assert [
            row["literal"] for row in rows if not any(numerals.numerals(numerals.folded(row["literal"])))
        ] == []

    def test_one_without_a_reason_is_refused(self, tmp_path):
        path = tmp_path / "literals.csv"
        path.write_text("literal,language,reason\n433,en, \n", encoding="utf-8")
        with pytest.raises(BuildError, match="'433' has no reason"):
            lint.read_literals(path)

    @pytest.mark.parametrize("text", ["百千万工程", "这是百千万工程。"])
    def test_as_a_whole(self, refused, text):
        assert refused(f"<p>{text}</p>", lang="zh") == []

    def test_of_the_page_s_language(self, refused):
        assert len(refused("<p>在不低于百分之九十五的置信度下</p>", lang="en")) == 1


QMD = """---
title: "Powers"
lang: {lang}
case: meizhou
---

# Cases of `municipal.items`{{.value}} {{#sec-cases}}

They handled `municipal.cases`{{.value}}, as the law has it [@licensinglaw2019].

{planted}
"""


class TestRendered:
    """Through Pandoc and the filters of the project."""

    @pytest.fixture
    def rendered(self, root, tmp_path):
        def rendered(planted: str, lang: str = "en") -> list[lint.Refusal]:
            before = (root / "index.qmd").read_text(encoding="utf-8")
            (root / "index.qmd").write_text(QMD.format(lang=lang, planted=planted), encoding="utf-8")
            try:
                pages = render.discover(root)
                site = render.Site(root, tmp_path, pages, tmp_path)
                (tmp_path / "index.html").write_bytes(render._html(site, pages[0]))  # noqa: SLF001
                return lint.lint(tmp_path, root)
            finally:
                (root / "index.qmd").write_text(before, encoding="utf-8")

        return rendered

    @pytest.mark.parametrize("lang", ["en", "zh-Hans"])
    def test_nothing_planted(self, rendered, lang):
        planted = 'A quotation: [业务办理量为433件]{.phrase data-fact="municipal.cases"}.'
        assert rendered(planted, lang) == []

    @pytest.mark.parametrize(
        ("lang", "planted", "found"),
        [
            ("en", "We saw 433 cases, as the law has it [@licensinglaw2019].", ("433", 11)),
            ("en", "A note.[^1]\n\n[^1]: Of `municipal.items`{.value}, *seven* are left.", ("seven", 13)),
            ("en", "## All 36 items {#sec-all}", ("36", 11)),
            ("en", "::: {.callout-note}\n## Of 36 items\nText.\n:::", ("36", 12)),
            ("en", "| Kind | Items |\n|:--|:--|\n| Licences | 25 |\n", ("25", 13)),
            ("zh-Hans", "全市办理四百三十三件[@licensinglaw2019]。", ("四百三十三件", 11)),
            ("zh-Hans", "办理时长压缩百分之七十七。", ("百分之七十七", 11)),
        ],
    )
    def test_planted_in_the_source(self, rendered, lang, planted, found):
        refused = rendered(planted, lang)
        assert {(each.numeral, each.line) for each in refused} == {found}
        assert {each.page for each in refused} == {"index.qmd"}

    def test_planted_in_a_caption(self, rendered):
        (found,) = rendered("::: {#tbl-a}\n| A |\n|:--|\n| x |\n\nAll 36 items.\n:::")
        assert (found.page, found.numeral, found.sentence) == ("index.qmd", "36", "Table 1: All 36 items.")


class TestUnused:
    """What the register of a case holds and nothing shows."""

    TABLES: ClassVar = {
        "tiers": {"keys": ["gap.time_cut"], "markdown": {"en": '[x]{.phrase data-fact="area.education"}'}}
    }

    @pytest.fixture
    def unused(self, root, ledger, tmp_path):
        project = tmp_path / "project"
        without = shutil.ignore_patterns("claims.toml")
        shutil.copytree(root / "seeds", project / "seeds", ignore=without)
        shutil.copy(root / "references.bib", project)
        work = project / ".brief/meizhou"
        work.mkdir(parents=True)
        (work / "ledger.json").write_text(ledger.to_json(), encoding="utf-8")
        (work / "claims.json").write_text('{"a": {"flips": []}}', encoding="utf-8")
        (work / "grades.json").write_text("{}", encoding="utf-8")

        def unused(page: str = "", claims: str = "", **tables: object) -> set[str]:
            if claims:
                (project / "seeds/claims.toml").write_text(claims, encoding="utf-8")
            published = {"figures": {"cuts": {"keys": CUTS}}, "tables": tables}
            (work / "published.json").write_text(json.dumps(published))
            (project / "index.qmd").write_text(page, encoding="utf-8")
            with pytest.raises(BuildError) as refused:
                refuse_unused(project)
            return {line.split("'")[1] for line in str(refused.value).splitlines()}

        return unused

    def test_shown_in_prose_or_published(self, unused):
        before = unused()
        assert {"gap.time_cut", "gap.mix_needed", "exemplar.town_share"} <= before
        assert not before & set(CUTS)
        assert (
            before - unused("`gap.caseload_ratio`{.value as=interval}")
            == {
                "gap.caseload_ratio",
                "provincial.cases",
                "municipal.cases",
            }
            & before
        )

    def test_what_a_used_quantity_needs_is_used(self, unused):
        used = unused() - unused(**self.TABLES)
        assert {"gap.time_cut", "cut_baseline", "cut_unit"} <= used
        assert "gap.mix_needed" not in used

    def test_what_a_claim_names_is_used(self, unused):
        claim = "[[claim]]\nid = 'a'\nlabel = { en = 'A', zh = '甲' }\npredicate = 'gap.time_cut > 0'\n"
        said = "holds = { en = '`exemplar.town_share`{.value}', zh = '`exemplar.town_share`{.value}' }\n"
        assert {"gap.time_cut", "cut_unit", "exemplar.town_share"} <= unused() - unused(claims=claim + said)

    def test_a_claim_is_said_on_a_page(self, unused):
        claim = "[[claim]]\nid = 'a'\nlabel = { en = 'A', zh = '甲' }\npredicate = 'gap.time_cut > 0'\n"
        assert "a" in unused(claims=claim)
        assert "a" not in unused("`a`{.claim}", claims=claim)

    def test_a_quoted_phrase_is_used(self, unused):
        assert "area.education" in unused() - unused(**self.TABLES)

    def test_a_register_uses_nothing(self, unused):
        registers = dict.fromkeys(("facts", "assumptions", "quantities"), self.TABLES["tiers"])
        assert unused(**registers) == unused()

    def test_a_fact_may_say_why(self, unused):
        assert "province.villages" not in unused()
        assert "province.towns" in unused()
