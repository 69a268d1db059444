"""Where documents meet what is known of their sites: which site a document is of, which lines it shows, and the document without the site's template.

Learning needs a page's lines only, not what the classifier thinks of them: decode, segment, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from cleaner.assemble import kept_text
from cleaner.classify.site_decisions import without_template
from cleaner.classify.site_profiles import load
from cleaner.classify.sites import Profile, Sample, page_keys, priority_of, site_key
from cleaner.config import Config, SitesConfig
from cleaner.decode import decode
from cleaner.document import Document, LabelledBlock, RawDocument
from cleaner.limits import in_force
from cleaner.manifest import host_of
from cleaner.markdown import render
from cleaner.readers import is_page
from cleaner.segment.html import segment_html
from cleaner.segment.text import segment_text


def site_of(raw: RawDocument, sites: SitesConfig) -> str:
    """The site of a document: the host of its address, else the name that the settings give, else its source with its folder (a page in a file of its own)
    or its file (one of many in a file).
    """
    if site := named_site(raw.given.get("url"), sites):
        return site
    place = PurePosixPath(raw.source, raw.path)
    return site_key(str(place.parent if is_page(raw.path) else place))


def named_site(url: str | None, sites: SitesConfig) -> str:
    """The host of an address, else the name that the settings give; empty where there is neither."""
    return site_key(host_of(url or "") or sites.name or "")


def observe(sample: Sample, raw: RawDocument, sites: SitesConfig) -> None:
    """Show a document to a sample, which takes it in if it wants it. Raises DocumentRefused for a document that cannot be read."""
    if len(raw.payload) > in_force().document_bytes:
        return
    site, priority = site_of(raw, sites), priority_of(raw.payload, f"{raw.media_type} {raw.charset}")
    if sample.wants(site, priority):
        sample.add(site, priority, lines_of(raw))


def lines_of(raw: RawDocument) -> tuple[str, ...]:
    """The keys of a document's lines, see `sites.page_keys`."""
    html = raw.media_type == "text/html"
    text = decode(raw.payload, raw.charset, html=html)
    return page_keys(block.text for block in (segment_html(text) if html else segment_text(text)))


def without_site_template(document: Document, site: str, config: Config) -> Document:
    """The document without what recurs on its site; the same one where no profiles were given or they do not know the site."""
    profile = profile_of(site, config.sites)
    if profile is None:
        return document
    before = tuple(labelled.decision for labelled in document.blocks)
    found = tuple(labelled.block for labelled in document.blocks)
    after = without_template(found, before, profile, site, document.title or "")
    if after == before:
        return document
    blocks = tuple(map(LabelledBlock, found, after))
    markdown = config.markup == "markdown" and document.extractor != "lines"
    return replace(document, blocks=blocks, text=render(blocks) if markdown else kept_text(blocks))


def of_its_site(document: Document, config: Config) -> Document:
    """`without_site_template` for a document of which nothing but its address is known: of that host, else of the site that the settings name."""
    if config.sites.profiles is None:
        return document
    return without_site_template(document, named_site(document.url, config.sites), config)


def profile_of(site: str, sites: SitesConfig) -> Profile | None:
    """What is known of a site. Raises ConfigError if the profiles cannot be read."""
    return profiles_in_force(sites).get(site)


def profiles_in_force(sites: SitesConfig) -> Mapping[str, Profile]:
    """The profiles that the settings name."""
    return load(sites.profiles, sites.digest) if sites.profiles is not None else {}
