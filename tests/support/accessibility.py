"""Whether a page can be used by everybody: what axe-core says, and a walk through it by keyboard alone."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

_SERIOUS = frozenset({"serious", "critical"})
_RUN = '() => axe.run({resultTypes: ["violations"]}).then(found => found.violations)'

_BEGIN = """() => {
    const wanted = 'a[href], area[href], button, input, select, textarea, summary, iframe, [tabindex], ' +
        '[contenteditable=true], [role=button], [role=link], [onclick]';
    const usable = each => each.checkVisibility({visibilityProperty: true}) && !each.closest('[inert]') &&
        !each.matches(':disabled, [tabindex="-1"], input[type=hidden]');
    const found = [...document.querySelectorAll(wanted)].filter(usable);
    const first = each => found.find(other => each === other || each.type === 'radio' && other.type === 'radio' &&
        each.name && each.name === other.name && each.form === other.form);  // Tab stops once in a group
    const stops = found.filter(each => first(each) === each);
    const look = each => {
        const style = getComputedStyle(each);
        return [style.boxShadow, style.borderColor, style.backgroundColor, style.textDecorationLine].join();
    };
    const before = new Map(found.map(each => [each, look(each)]));
    const name = each => {
        const said = each.getAttribute('aria-label') || each.innerText || each.name || each.id || '';
        return `${each.localName} "${said.trim().slice(0, 60)}"`;
    };
    const seen = each => {
        const style = getComputedStyle(each), box = each.getBoundingClientRect();
        const marked = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 ||
            before.has(each) && before.get(each) !== look(each);
        return marked && box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 &&
            box.top < innerHeight && box.left < innerWidth;
    };
    window.keyboardWalk = () => {
        const each = document.activeElement;
        if (!each || each === document.body || each === document.documentElement) return null;
        return {stop: stops.indexOf(first(each)), name: name(each), seen: seen(each)};
    };
    document.activeElement?.blur();
    return stops.map(name);
}"""
_HERE = "() => keyboardWalk()"
_SPARE = 20
"""Presses of Tab beyond what there is: a box that scrolls is a stop, too."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Links and controls, by tag and name: which Tab reaches, which it does not, and where one cannot see the focus."""

    reached: tuple[str, ...]
    missed: tuple[str, ...]
    unseen: tuple[str, ...]


def serious_faults(page: Page) -> list[str]:
    """What axe-core holds for serious or critical: the rule, what is wrong, and where."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{each['id']}: {each['help']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in _SERIOUS
        for node in each["nodes"]
    ]


def walk(page: Page) -> Walk:
    """Press Tab from the top of the page until it comes round, or stays where it is."""
    names: list[str] = page.evaluate(_BEGIN)
    reached: dict[int, str] = {}
    unseen: list[str] = []
    for _ in range(len(names) + _SPARE):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        if here is None or here["stop"] in reached:
            break
        if here["stop"] >= 0:
            reached[here["stop"]] = here["name"]
        if not here["seen"]:
            unseen.append(here["name"])
    missed = tuple(name for stop, name in enumerate(names) if stop not in reached)
    return Walk(tuple(reached.values()), missed, tuple(unseen))
