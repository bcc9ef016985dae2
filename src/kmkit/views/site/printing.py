"""The portal's pages as HTML: one template for each sort of page."""

from typing import NamedTuple, Protocol

from markupsafe import Markup

from kmkit.views.site.values import CSP, Site


class Render(Protocol):
    """Makes text of a template and the values that it names."""

    def __call__(self, template: str, /, **values: object) -> str:
        """The text that ``template``, such as 'site/home.html.j2', makes of ``values``."""


class Chrome(NamedTuple):
    """What stands around a page."""

    head: Markup
    header: Markup
    footer: Markup


class Printer:
    """Makes pages of one portal; what stands around them is made once."""

    def __init__(self, site: Site, render: Render) -> None:
        self._site = site
        self._render = render
        self._chrome: dict[tuple[str, str], Chrome] = {}

    def page(self, template: str, here: str, href: str, page: object) -> bytes:
        """The page that ``site/<template>.html.j2`` makes of ``page``.

        ``here``: the part of the portal that it belongs to; ``href``: where it will stand.
        """
        top = "../" * href.count("/")
        name = f"site/{template}.html.j2"
        around = self._around(here, top)
        made = self._render(name, site=self._site, top=top, here=here, chrome=around, page=page)
        return made.encode("utf-8", "replace")

    def _around(self, here: str, top: str) -> Chrome:
        if (here, top) not in self._chrome:
            parts = ("site/head.html.j2", "site/header.html.j2", "site/footer.html.j2")
            said = {"site": self._site, "top": top, "here": here, "csp": CSP}
            made = (Markup(self._render(part, **said)) for part in parts)
            self._chrome[here, top] = Chrome(*made)
        return self._chrome[here, top]
