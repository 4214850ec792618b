"""Times written as text: ISO, day and month in either order, names of months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapkit.errors import SourceError
from mapkit.loaders.duck import duck
from mapkit.loaders.tally import tally

if TYPE_CHECKING:
    import ibis.expr.types as ir

_PAIR = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(\D|$)"
_NUMBER = r"^-?\d+(\.\d+)?$"
_HALF_DAY = r"(?i)[ap]\.?m\.?$"
_OFFSET = r":\d{2}.*([zZ]|UTC|GMT|[+-]\d{2}(:?\d{2})?)$"
_LONG_FRACTION = r"\.\d{7,}"
_SHORT_YEAR = r"^\d{1,2}[./-]\d{1,2}[./-]\d{2}(\D|$)"

# Dates come before the time of day; each with and without the weekday that mails and logs put in front.
_NAMED_DATES = (
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%d/%b/%Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d-%b-%y",
)
_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")
_NAMED = [f"{date}{clock}" for date in _NAMED_DATES for clock in _CLOCKS] + ["%b %d %H:%M:%S %Y"]
_NAMED_OFFSET = [f"{date}{clock}" for date in _NAMED_DATES for clock in (" %H:%M:%S %z", " %H:%M %z", ":%H:%M:%S %z")]
_HALF_DAYS = ["%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S.%f %p", "%Y-%m-%d %I %p"]


@dataclass(frozen=True)
class TextTimes:
    """What a column of times as text looks like: how many cells of each shape, and the order of day and month."""

    texts: int
    numbers: int
    whole: bool
    readable: int
    iso: int
    pairs: int
    offsets: int
    half_days: int
    short_years: int
    commas: int
    day_first: bool
    said: tuple[str, ...]


def survey_texts(text: ir.Value, name: str, day_first: bool | None) -> TextTimes:
    """Look at every cell once and decide, for the whole column, how it is read."""
    count = tally(text, _first_shapes)
    if count["iso"] == count["texts"]:
        count |= dict.fromkeys(("numbers", "fractions", "pairs", "short_years", "half_days"), 0)
    else:
        count |= tally(text, _shapes)
    order, said = _order(count, name, day_first)
    if count["short_years"]:
        said.append(f"{name}: years of two digits are read as 1969 to 2068")
    if count["fine"]:
        said.append(f"{name}: fractions finer than a microsecond are cut ({count['fine']:,} cells)")
    other = count["texts"] - count["iso"] - count["pairs"]
    survey = TextTimes(
        texts=count["texts"], numbers=count["numbers"], whole=not count["fractions"], readable=count["texts"] - other,
        iso=count["iso"], pairs=count["pairs"], offsets=count["offsets"], half_days=count["half_days"],
        short_years=count["short_years"], commas=count["commas"],
        day_first=order, said=tuple(said),
    )  # fmt: skip
    return survey


def _first_shapes(text: ir.Value) -> dict[str, ir.Value]:
    return {
        "texts": (text != "").sum(),
        "commas": text.contains(", ").sum(),
        "iso": (_like_iso(text) & text.try_cast("timestamp('UTC')").notnull()).sum(),
        "offsets": has_offset(text).sum(),
        "fine": ((text.length() > 26) & text.re_search(_LONG_FRACTION)).sum(),
    }


def _like_iso(text: ir.Value) -> ir.BooleanValue:
    # Keeps words that DuckDB takes for times, such as 'infinity' and 'epoch', from becoming times.
    return text.substr(4, 1).isin(("-", "/"))


def _shapes(text: ir.Value) -> dict[str, ir.Value]:
    numeric, pair = text.re_search(_NUMBER), text.re_search(_PAIR)
    first, second = (text.re_extract(_PAIR, group).try_cast("int64") for group in (1, 2))
    return {
        "numbers": numeric.sum(),
        "fractions": (numeric & text.contains(".")).sum(),
        "pairs": pair.sum(),
        "first_beyond": (pair & (first > 12)).sum(),
        "second_beyond": (pair & (second > 12)).sum(),
        "short_years": text.re_search(_SHORT_YEAR).sum(),
        "half_days": text.re_search(_HALF_DAY).sum(),
    }


def _order(count: dict[str, int], name: str, day_first: bool | None) -> tuple[bool, list[str]]:
    """Whether the day comes first, decided by the cells that leave no choice."""
    if not count["pairs"]:
        return bool(day_first), []
    if day_first is not None:
        return day_first, []
    day, month = count["first_beyond"], count["second_beyond"]
    if day == month:
        why = (
            f"{day:,} cells can only be day first and as many only month first" if day else "no day is beyond the 12th"
        )
        raise SourceError(
            f"{name}: nothing decides whether 01/02/2024 is 1 February or 2 January; {why} "
            f"({count['pairs']:,} cells). Say day_first=True or day_first=False."
        )
    words = ("day first", "month first") if day > month else ("month first", "day first")
    said = [f"{name}: {words[0]}, decided by {max(day, month):,} of {count['pairs']:,} cells"]
    if min(day, month):
        said.append(f"{name}: {min(day, month):,} that can only be {words[1]} cannot be read")
    return day > month, said


def has_offset(text: ir.Value) -> ir.BooleanValue:
    """Whether a time as text carries its own offset from UTC."""
    return text.re_search(_OFFSET)


def read_texts(text: ir.Value, survey: TextTimes) -> ir.Value:
    """Return the times of a column as text, in UTC (a text without an offset counts as UTC); null where unreadable."""
    if survey.iso == survey.texts:
        return text.try_cast("timestamp('UTC')").cast("timestamp(6)")
    iso = _turned(text, survey) if survey.pairs else text
    if survey.readable < survey.texts:
        iso = iso.re_replace(r"^(\d{4})\.(\d{1,2})\.(\d{1,2})", r"\1-\2-\3")
        iso = iso.re_replace(r"^(\d{4})(\d{2})(\d{2})[T ]?(\d{2}):?(\d{2}):?(\d{2})", r"\1-\2-\3 \4:\5:\6")
    if survey.commas:
        iso = iso.replace(", ", " ")
    if survey.offsets:
        # DuckDB wants the offset close to the time.
        iso = iso.re_replace(r" +([+-]\d{2}(:?\d{2})?)$", r"\1")
    stamp = _like_iso(iso).ifelse(iso.try_cast("timestamp('UTC')"), None).cast("timestamp(6)")
    if survey.half_days:
        half = duck().parsed(iso.re_replace(r"(?i) *([ap])\.?m\.?$", r" \1m"), _HALF_DAYS)
        stamp = text.re_search(_HALF_DAY).ifelse(half, stamp)
    if survey.readable < survey.texts:
        stamp = stamp.fill_null(_named(text))
    return stamp


def _named(text: ir.Value) -> ir.Value:
    """Times with the month in letters: 31 Jan 2024, Jan 31, 2024, and as mails and web servers write them."""
    weekday = text.re_search(r"^(?i)(mon|tue|wed|thu|fri|sat|sun)")
    plain = weekday.ifelse(text.re_replace(r"^[A-Za-z]+,? +", ""), text).re_replace(r" (GMT|UTC|Z)$", " +0000")
    # Apart, for DuckDB carries the offset of one row over to the next that has none.
    offset = has_offset(text)
    with_offset = duck().parsed_with_offset(plain, _NAMED_OFFSET).cast("timestamp(6)")
    lettered = text.re_search(r"\d") & text.re_search(r"[A-Za-z]{3}")
    return lettered.ifelse(offset.ifelse(with_offset, duck().parsed(plain, _NAMED)), None)


def _turned(text: ir.Value, survey: TextTimes) -> ir.Value:
    order = r"-\2-\1\4" if survey.day_first else r"-\1-\2\4"
    iso = text.re_replace(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(\D|$)", r"\3" + order)
    if survey.short_years:
        iso = iso.re_replace(r"^(\d{1,2})[./-](\d{1,2})[./-]([0-5]\d|6[0-8])(\D|$)", r"20\3" + order)
        iso = iso.re_replace(r"^(\d{1,2})[./-](\d{1,2})[./-](69|[7-9]\d)(\D|$)", r"19\3" + order)
    return iso
