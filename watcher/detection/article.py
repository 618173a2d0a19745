"""Is what was fetched the article of an item, or something that stood in its way? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from watcher.detection.language import SUPPORTED, detect_language
from watcher.detection.normal import plain
from watcher.detection.tokens import words
from watcher.model.document import Document
from watcher.model.enrichment import Article

TITLE_PERCENT: Final = 50
"""Of the title's words, how many must occur in the article: outlets reword headlines, but not altogether."""

SHORT_PAGE: Final = 1_000
"""Characters below which a page with the words of an obstacle is one; a longer text only mentions them."""

_SAMPLE: Final = 20_000
_STEM: Final = 5  # letters that are compared, so that "collapses" is "collapsed"
_SHORT_WORD: Final = 3  # shorter words say nothing of what a text is about
_OBSTACLES: Final = tuple(
    plain(phrase)
    for phrase in (
        "are you a robot", "not a robot", "verify you are human", "verifying you are human", "checking your browser",
        "just a moment", "attention required", "unusual traffic", "captcha", "enable javascript", "access denied",
        "we value your privacy", "before you continue", "accept all cookies", "accept cookies", "cookie settings",
        "manage consent", "consent to the use", "sign in to continue", "log in to continue", "please log in",
        "please sign in", "subscribe to continue", "subscribe to read", "to continue reading", "create an account",
        "page not found", "not available in your region",
        "accepter les cookies", "tout accepter", "reserve aux abonnes", "page introuvable", "connectez-vous",
        "alle akzeptieren", "cookies akzeptieren", "cookies zustimmen", "seite nicht gefunden", "bitte melden sie sich",
        "aceptar cookies", "aceptar todas", "inicia sesion", "pagina no encontrada",
        "çerezleri kabul", "giriş yapın", "sayfa bulunamadı",
        "принять все", "файлы cookie", "войдите", "страница не найдена",
        "تسجيل الدخول", "ملفات تعريف الارتباط", "الصفحة غير موجودة",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether an article stands for its item, and why not."""

    fit: bool
    reason: str = ""


def worth_using(article: Article, document: Document) -> Fitness:
    """Whether `article` may be read instead of the text of `document`.

    It must say more than the item, not be a page that asks for consent, a login or a proof of humanity, be in the
    item's language, and hold at least half of the words of the item's title.
    """
    if len(article.text.strip()) <= len(document.text.strip()):
        return Fitness(False, "the page says no more than the item")
    if obstacle := _obstacle(article):
        return Fitness(False, f"not the article: the page says “{obstacle}”")
    expected, found = _language(document), detect_language("", article.text)
    if expected and found != expected:
        return Fitness(False, f"the page is in another language ({found}, not {expected})")
    share = _title_share(article, document)
    if share < TITLE_PERCENT:
        return Fitness(False, f"the page is about something else: {share} % of the words of the title are in it")
    return Fitness(True)


def _obstacle(article: Article) -> str:
    title = plain(article.title[:_SAMPLE])
    text = plain(article.text) if len(article.text) < SHORT_PAGE else ""
    return next((phrase for phrase in _OBSTACLES if phrase in text or title.startswith(phrase)), "")


def _language(document: Document) -> str:
    """The item's language; "" for one that is not told from others here."""
    if document.language:
        code = document.language.replace("_", "-").split("-")[0].lower()
        return code if code in SUPPORTED else ""
    return detect_language(document.title, document.text)


def _title_share(article: Article, document: Document) -> int:
    """Percent of the title's words whose beginnings are in the article; 100 for a title without words.

    A heading that repeats the title proves nothing: some pages show it above whatever else they say.
    """
    wanted, heading = _stems(document.title), plain(document.title.strip())
    told = "\n".join(line for line in article.text[:_SAMPLE].split("\n") if plain(line.strip()) != heading)
    return 100 * len(wanted & _stems(told)) // len(wanted) if wanted else 100


def _stems(text: str) -> set[str]:
    return {form[:_STEM] for word in words(text) if len(form := plain(word)) >= _SHORT_WORD}
