"""Words: Markdown without HTML. Pure."""

from markdown_it import MarkdownIt

from ppbe_observe.preview.drawn import Body
from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.preview.questions.asking import Scene
from ppbe_observe.preview.values.series import UndrawnError


def text(panel: Json, scene: Scene) -> Body:
    """The words of a panel.

    Raises:
        UndrawnError: They are not Markdown.
    """
    options = panel.get("options") or panel
    mode = options.get("mode", "markdown")
    if mode != "markdown":
        raise UndrawnError(f"the preview draws text that is Markdown, not {mode}")
    return Body(html=markdown(scene.said(str(options.get("content") or ""))))


def markdown(words: str) -> str:
    """Markdown as HTML; a heading in it is below that of its panel, and what is HTML already is shown as it is."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = made.parse(words)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 3)}"
    return str(made.renderer.render(tokens, made.options, {}))
