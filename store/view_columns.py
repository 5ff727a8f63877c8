"""What each view promises, column by column. Within a version columns are only added, at the end."""

from __future__ import annotations

from typing import Final

_CURSOR: Final = "Number that grows with every change of the report; the key to read on by."
_REPORT: Final = "The report it stands in: key of `reports_v1`."
_OFFSETS: Final = "Offset in code points into the report's `text`: first character."
_OFFSETS_END: Final = "Offset behind the last character."

REPORTS_V1: Final = {
    "report_id": "Identity of the article, derived from its canonical URL.",
    "change_cursor": _CURSOR,
    "url": "Canonical URL.",
    "final_url": "URL after redirects.",
    "source_id": "Source in the registry.",
    "version": "Number of the current version; 1 is the first text that was stored.",
    "title": "Title, null when the page had none.",
    "lead": "Lead paragraph (sapo), null when the page had none.",
    "text": "Text that all offsets refer to, in code points.",
    "author": "Byline as printed.",
    "outlet": "Outlet credited on the page.",
    "published_at": "Time of publication as the page says it, in UTC; null when unknown.",
    "published_on": "Day of publication in Vietnam.",
    "published_precision": "minute, day, month or year.",
    "first_fetched_at": "When the page was first fetched.",
    "fetched_at": "When the current version was fetched.",
    "score": "Calibrated probability, 0 to 1, that the article is a reform report.",
    "rules_version": "Rules and seeds that judged.",
    "explanation": "JSON: nearest seeds and deciding terms.",
    "pillars": "Ids of the primary pillars, comma-separated in alphabetical order; empty when none.",
    "place_then": "Unit the article is about, by its name on the article's date; null when national.",
    "place_level": "province, district, commune, ...; null when national.",
    "district_then": "District of that unit on that date.",
    "province_then": "Province of that unit on that date.",
    "province_now": "Province that unit lies in today.",
    "cluster_id": "The report of which this one is a syndicated copy, or its own id: count it to count copies once.",
    "attachment_of": "The report that links this one as its document; null when none does: count those to count news.",
}

VERSIONS_V1: Final = {
    "report_id": _REPORT,
    "change_cursor": _CURSOR,
    "version": "Number, from 1; with report_id the key of the row.",
    "url": "Canonical URL of the report.",
    "fetched_at": "When this version was fetched.",
    "title": "Title of this version.",
    "text": "Text of this version.",
    "score": "Probability that this version is a reform report.",
    "significance": "How much it changed against the version before, 0 to 1; at least 0.5 when a figure changed.",
    "change_kinds": "JSON list of what was touched: figure, name, prose, moved.",
    "diff": "The changed places, old words as [-…-], new ones as {+…+}.",
}

FACTS_V1: Final = {
    "report_id": _REPORT,
    "change_cursor": _CURSOR,
    "position": "Order in the text, from 0; with report_id the key of the row.",
    "url": "Canonical URL of the report.",
    "source_id": "Source in the registry.",
    "official": "Whether a state body publishes the source; null when the source is not registered.",
    "cluster_id": "The report of which this one is a syndicated copy, or its own id.",
    "published_at": "Publication of the report, in UTC; null when unknown.",
    "published_on": "Day of publication in Vietnam.",
    "indicator": "Id of the indicator; see `indicators_v1`.",
    "component": "Field of the index when kind is component.",
    "kind": "achieved, target, previous, component or comparison.",
    "value": "Number as printed, in `unit`.",
    "unit": "%, point, 0-1, dossier, procedure, document, service, task, day, VND/year, rank, times, ...",
    "comparator": "=, >, >=, <, <=, ~ (about), ~< (nearly), ~> (a little more).",
    "numerator": "Counted part when the text prints a fraction.",
    "denominator": "Whole when the text prints a fraction.",
    "rate": "Share in % printed beside a count.",
    "rank": "Rank, 1 is best.",
    "out_of": "Number of units ranked: 63 before July 2025, 34 after, any number inside a province.",
    "rank_scope": "national, region or province-internal.",
    "delta": "Printed change, in `delta_unit`.",
    "delta_unit": "rank, percentage point, %, times or count.",
    "base_year": "Year the change is measured from.",
    "year": "Year the figure is about.",
    "period": "Period when it is not a year: 2021-2025, quý I/2024, ...",
    "year_source": "Where the year stands: sentence, paragraph, headline, publication, ...",
    "place_then": "Unit the figure belongs to, by its name on the report's date; null when national.",
    "place_level": "national, region, province, district, commune, department or unknown.",
    "district_then": "District of that unit on that date.",
    "province_then": "Province of that unit on that date.",
    "province_now": "Province that unit lies in today.",
    "scope": "Entity inside the place, for example a ministry.",
    "cue": "Words that decided the kind.",
    "confidence": "high, medium or low.",
    "consistency": "What arithmetic inside the sentence says of the reading.",
    "span_start": _OFFSETS,
    "span_end": _OFFSETS_END,
    "quote": "The words the figure stands in.",
    "sentence": "The whole sentence.",
    "rules_version": "Rules that extracted it.",
}

LEGAL_REFERENCES_V1: Final = {
    "report_id": _REPORT,
    "change_cursor": _CURSOR,
    "position": "Order in the text, from 0; with report_id the key of the row.",
    "url": "Canonical URL of the report.",
    "published_at": "Publication of the report, in UTC; null when unknown.",
    "published_on": "Day of publication in Vietnam.",
    "province_now": "Today's province of the report's place; null when national.",
    "code": "Number as it is cited: 76/NQ-CP, 61/2018/NĐ-CP. Not unique: see number, type, body and year.",
    "number": "Number alone, with its letter: 30c.",
    "type": "Type code: NQ, NĐ, QĐ, CT, TT, KH, ...",
    "body": "Issuing body's code: CP, TTg, TW, TU, UBND, QH15, ...",
    "year": "Year of the document; null when the text does not say it.",
    "dated": "Day of signature; null when the text does not say it.",
    "days_after_signature": "Days from signature to the report; null when either is unknown.",
    "issuer": "Issuing body in words.",
    "span_start": _OFFSETS,
    "span_end": _OFFSETS_END,
    "quote": "The words it is cited with.",
}

PLACES_V1: Final = {
    "report_id": _REPORT,
    "change_cursor": _CURSOR,
    "position": "Order of importance, from 0; with report_id the key of the row.",
    "is_primary": "Whether the report is about this place.",
    "role": "subject, comparison or mentioned.",
    "how": "explicit, district_lookup, source_default, context or ambiguous.",
    "level": "national, region, province, district, commune, department or unknown.",
    "place_then": "Name on the report's date.",
    "district_then": "District on that date.",
    "province_then": "Province on that date.",
    "province_now": "Province it lies in today.",
    "code_then": "Statistical code of the province before July 2025. Codes were reused: never a key by itself.",
    "code_now": "Statistical code of the province since July 2025.",
}

PILLARS_V1: Final = {
    "report_id": _REPORT,
    "change_cursor": _CURSOR,
    "pillar": "THE_CHE, TTHC, BO_MAY, CONG_VU, TAI_CHINH_CONG, CQDT or CHI_DAO; with report_id the key of the row.",
    "role": "primary, or listed when only named in an enumeration.",
}

DOCUMENTS_V1: Final = {
    "article_id": "The article whose text links the document: `report_id` of `reports_v1` when it is a report.",
    "url": "Canonical URL of the article.",
    "is_report": "Whether the article is a report.",
    "position": "Order in the article, from 0.",
    "document_url": "Canonical URL of the document; with article_id the key of the row.",
    "link_text": "What the link says; null when it is only a picture.",
    "outcome": "report or not_a_report when it was read; not_an_article, unsupported, not_vietnamese or quarantined "
    "when it could not be; fetched while it is on its way to be read; pending before; refused, failed or gone when it "
    "never will be.",
    "reason": "Why it could not be read or fetched; scanned: it is images of paper and has no text.",
    "document_id": "The document as an article of its own: `report_id` of `reports_v1` when it is a report.",
    "title": "Title of the document.",
    "published_at": "Date of the document as it says it, in UTC; null when unknown.",
    "published_on": "The same as a day in Vietnam.",
    "scanned": "Whether it is a scan without text, which nothing here can read.",
}

SOURCES_V1: Final = {
    "source_id": "Id in the registry.",
    "name": "Name for people.",
    "kind": "portal, newspaper, department, ...",
    "home": "Address of the site.",
    "province_then": "Province whose news it carries, by the name the registry gives.",
    "official": "Whether a state body publishes it.",
    "enabled": "Whether it is watched.",
    "polled_at": "Last time it was asked for new pages.",
    "succeeded_at": "Last time it answered usefully.",
    "new_page_at": "Last time it had a new page.",
    "failures": "Polls in a row that failed.",
    "health": "How it fared at its last poll: new (not polled yet), ok, failing (three polls in a row, or all so far), "
    "blocked (the same, and we are kept out), silent (no new page for longer than expected) or thin (fewer new pages "
    "than expected).",
    "health_reason": "The evidence for it, in words.",
    "health_changed_at": "Since when that is so; null when it was never judged.",
    "last_error": "Why its last poll failed, or what was odd about one that succeeded; null when nothing was.",
}

SOURCE_EVENTS_V1: Final = {
    "event_id": "Number that grows with every event.",
    "source_id": "Id in the registry.",
    "kind": "layout_changed: pages stopped fitting what was learned or written; profile_learned: it was learned anew; "
    "health_changed: `health` of `sources_v1` changed.",
    "at": "When it was noticed.",
    "detail": "JSON with the evidence: the pages, or from, to and reason.",
}

INDICATORS_V1: Final = {
    "indicator": "Id.",
    "unit": "Usual unit.",
    "least": "Lowest plausible value.",
    "most": "Highest plausible value.",
}

OFFICIAL_INDICES_V1: Final = {
    "indicator": "par_index, sipas, papi, pci, dti or ict_index.",
    "year": "Year the index is about.",
    "province_then": "Province by its name in that year.",
    "province_now": "Province it lies in today.",
    "score": "Published value.",
    "unit": "% or point.",
    "rank": "Published rank.",
    "out_of": "Number of provinces ranked.",
    "source": "Where it was published.",
    "note": "CONFLICT where publications disagree; what is derived.",
}

COLUMNS: Final = {
    "reports_v1": REPORTS_V1,
    "versions_v1": VERSIONS_V1,
    "facts_v1": FACTS_V1,
    "legal_references_v1": LEGAL_REFERENCES_V1,
    "places_v1": PLACES_V1,
    "pillars_v1": PILLARS_V1,
    "documents_v1": DOCUMENTS_V1,
    "sources_v1": SOURCES_V1,
    "source_events_v1": SOURCE_EVENTS_V1,
    "indicators_v1": INDICATORS_V1,
    "official_indices_v1": OFFICIAL_INDICES_V1,
}
"""By view, in the order in which they are created."""
