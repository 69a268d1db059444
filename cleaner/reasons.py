"""The closed vocabularies: what a block is, how we know, and why a document yields no record.

Every code that reaches a ledger, a quarantine file or an exception stands here with its one-line meaning, so that a
reader of the output can look it up and argue with it. Adding a code is a minor change of the schemas that list it;
removing or renaming one is a major change.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a block is on its page."""

    TITLE = "title"
    LEDE = "lede"
    HEADING = "heading"
    BODY = "body"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CODE = "code"
    QUOTE = "quote"
    CAPTION = "caption"
    BYLINE = "byline"
    DATE = "date"
    CREDIT = "credit"
    COMMENT = "comment"
    TEASER = "teaser"
    RELATED = "related"
    NAVIGATION = "navigation"
    CAPTION_REPEAT = "caption_repeat"
    LINK_NOTE = "link_note"
    CONSENT = "consent"
    SHARE = "share"
    FOOTER = "footer"
    ADVERT = "advert"


CONTENT_ROLES = frozenset({Role.TITLE, Role.LEDE, Role.HEADING, Role.BODY, Role.LIST_ITEM, Role.TABLE, Role.CODE, Role.QUOTE})
"""Kept in `text`."""

POLICY_ROLES = frozenset({Role.CAPTION, Role.BYLINE, Role.DATE, Role.CREDIT, Role.COMMENT})
"""Part of the article, but not of its running text: out of `text` by default, into the record's fields."""

ROLE_MEANINGS: dict[Role, str] = {
    Role.TITLE: "the title of the document",
    Role.LEDE: "the opening summary of an article",
    Role.HEADING: "a heading inside the main content",
    Role.BODY: "a paragraph of the main content",
    Role.LIST_ITEM: "an item of a list inside the main content",
    Role.TABLE: "a row of a table inside the main content",
    Role.CODE: "program code or preformatted text",
    Role.QUOTE: "a quotation set apart from the running text",
    Role.CAPTION: "the caption of a picture",
    Role.BYLINE: "the name of the author on a line of its own",
    Role.DATE: "the date of publication on a line of its own",
    Role.CREDIT: "the source or translator, at the end of an article",
    Role.COMMENT: "what a reader wrote below the article",
    Role.TEASER: "the title or summary of another document, in a list of them",
    Role.RELATED: "a box inside the article that points to other documents",
    Role.NAVIGATION: "menus, breadcrumbs, search, 'follow us' lines",
    Role.CAPTION_REPEAT: "the title or a caption again, left over from a picture's alternative text",
    Role.LINK_NOTE: "a line that only says where a link or an original picture is",
    Role.CONSENT: "cookie and privacy prompts",
    Role.SHARE: "share, print, like and subscribe lines",
    Role.FOOTER: "imprint, copyright, contact and legal lines at the end of the page",
    Role.ADVERT: "advertising and its labels",
}


class Reason(StrEnum):
    """How we know what a block is."""

    MAIN_CONTENT = "main_content"
    FIRST_LINE = "first_line"
    PAGE_POSITION = "page_position"
    SHORT_LINE = "short_line"
    REPEATED_TITLE = "repeated_title"
    TITLE_ECHO = "title_echo"
    DOUBLED_LINE = "doubled_line"
    TRUNCATED_SUMMARY = "truncated_summary"
    TEASER_GROUP = "teaser_group"
    CUE_LINE = "cue_line"
    LINK_DENSITY = "link_density"
    FOLLOWS_END_OF_ARTICLE = "follows_end_of_article"
    PRECEDES_ARTICLE = "precedes_article"
    SITE_TEMPLATE = "site_template"
    DUPLICATE_BLOCK = "duplicate_block"
    MARKUP = "markup"
    EXTRACTOR = "extractor"
    PATTERN = "pattern"
    MODEL = "model"


REASON_MEANINGS: dict[Reason, str] = {
    Reason.MAIN_CONTENT: "reads like running text and stands inside the main content",
    Reason.FIRST_LINE: "opens the document",
    Reason.PAGE_POSITION: "stands where this role stands: between title and body, or right after the last paragraph",
    Reason.SHORT_LINE: "short, not a sentence, and running text follows it",
    Reason.REPEATED_TITLE: "the same line stands again right before or after it, as headlines of lists do",
    Reason.TITLE_ECHO: "repeats the document's title or the start of it",
    Reason.DOUBLED_LINE: "holds the same text twice ('X X'): picture text and link text of one link",
    Reason.TRUNCATED_SUMMARY: "is cut off in mid-sentence, as summaries in lists are",
    Reason.TEASER_GROUP: "belongs to a run of headline and summary groups",
    Reason.CUE_LINE: "a phrase that sites use to open or label such a block",
    Reason.LINK_DENSITY: "most of its characters are links",
    Reason.FOLLOWS_END_OF_ARTICLE: "stands after the end of the article",
    Reason.PRECEDES_ARTICLE: "stands before the article begins",
    Reason.SITE_TEMPLATE: "recurs on other pages of the same site",
    Reason.DUPLICATE_BLOCK: "the same block stands earlier on the page",
    Reason.MARKUP: "its HTML element or class says so",
    Reason.EXTRACTOR: "the named extractor decided",
    Reason.PATTERN: "has the form of this role: a date, a name, a bracketed credit, a copyright line",
    Reason.MODEL: "the classifier decided; no nameable cause",
}


class RefusalReason(StrEnum):
    """Why a document yields no record."""

    EMPTY = "empty"
    NO_CONTENT = "no_content"
    UNDECODABLE = "undecodable"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY_BLOCKS = "too_many_blocks"
    BOMB = "bomb"
    MALFORMED = "malformed"
    MISSING_FIELD = "missing_field"
    UNKNOWN_KIND = "unknown_kind"
    UNREADABLE = "unreadable"
    REVISIT = "revisit"
    HTTP_STATUS = "http_status"
    NOT_A_PAGE = "not_a_page"
    DUPLICATE_ID = "duplicate_id"
    DUPLICATE = "duplicate"
    TOO_SHORT = "too_short"
    OTHER_LANGUAGE = "other_language"
    SCHEMA_VIOLATION = "schema_violation"
    EXTRACTOR_FAILED = "extractor_failed"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    WORKER_CRASH = "worker_crash"
    INTERNAL_ERROR = "internal_error"


REFUSAL_MEANINGS: dict[RefusalReason, str] = {
    RefusalReason.EMPTY: "the document has no text at all",
    RefusalReason.NO_CONTENT: "every block of the document was removed as boilerplate",
    RefusalReason.UNDECODABLE: "the bytes are not text in any charset we could name",
    RefusalReason.TOO_LARGE: "over a size limit",
    RefusalReason.TOO_DEEP: "elements are nested deeper than the limit",
    RefusalReason.TOO_MANY_BLOCKS: "more blocks than the limit",
    RefusalReason.BOMB: "expands far more than real data does when decompressed",
    RefusalReason.MALFORMED: "not valid JSON, or not an object",
    RefusalReason.MISSING_FIELD: "a field that is needed is missing or has the wrong type",
    RefusalReason.UNKNOWN_KIND: "a file of a kind that no reader knows",
    RefusalReason.UNREADABLE: "the file could not be read",
    RefusalReason.REVISIT: "a crawl's note that the page was the same as in an earlier capture; it has no content of its own",
    RefusalReason.HTTP_STATUS: "the server's answer was not the page: a redirect or an error",
    RefusalReason.NOT_A_PAGE: "neither HTML nor text: a picture, a feed, a program, by its content or its declared type",
    RefusalReason.DUPLICATE: "an earlier document has the same text",
    RefusalReason.TOO_SHORT: "fewer words than were asked for",
    RefusalReason.OTHER_LANGUAGE: "in none of the languages that were asked for",
    RefusalReason.DUPLICATE_ID: "an earlier document has the same id",
    RefusalReason.SCHEMA_VIOLATION: "the record does not satisfy the schema",
    RefusalReason.EXTRACTOR_FAILED: "the named extractor raised an error",
    RefusalReason.TIMEOUT: "took longer than the limit",
    RefusalReason.MEMORY_LIMIT: "needed more memory than the limit",
    RefusalReason.WORKER_CRASH: "crashed the worker process",
    RefusalReason.INTERNAL_ERROR: "a fault of ours; please report it",
}


class Stage(StrEnum):
    """Where on the road a document was refused."""

    READ = "read"
    DECODE = "decode"
    SEGMENT = "segment"
    CLASSIFY = "classify"
    FILTER = "filter"
    CONTRACT = "contract"
    EXPORT = "export"
