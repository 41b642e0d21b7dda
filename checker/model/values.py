"""The kinds of values that people write into the registry, each with a message that says what is wrong with one."""

import codecs
import contextlib
import re
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, StringConstraints

_BEIJING = timezone(timedelta(hours=8))


def web_address(value: str) -> str:
    """`value` if it is an absolute http(s) address with a host and without a password, else ValueError."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", value):
        raise ValueError(f"'{value}' is not an absolute http:// or https:// address")
    if parts.username is not None:
        raise ValueError(f"the address of {parts.hostname} holds a user name or password; secrets do not belong here")
    return value


def _identifier(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", value):
        raise ValueError(f"'{value}' is no id: 1 to 64 letters, digits, '.', '_' or '-', not beginning with a sign")
    return value


def _hours(value: str) -> str:
    time = r"((?:[01]\d|2[0-3]):[0-5]\d|24:00)"
    match = re.fullmatch(f"{time}-{time}", value)
    if not match or match[1] == match[2]:
        raise ValueError(f"'{value}' is not a span of hours such as \"22:00-06:00\"")
    return value


def _charset(value: str) -> str:
    try:
        return codecs.lookup(value).name
    except LookupError as error:
        raise ValueError(f"'{value}' is no charset; usual are utf-8 and gb18030") from error


def moment(value: Any) -> Any:
    """A time as YAML or a person gives it, in Asia/Shanghai where it names no zone."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = datetime.fromisoformat(value) if re.search(r"\d[T ]\d", value) else value
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=_BEIJING)
    shown = value.isoformat() if isinstance(value, date) else value
    raise ValueError(f"'{shown}' is not a moment; write day, time and zone: 2021-11-08T10:00:00+08:00")


def listed(value: Any) -> Any:
    """A YAML list as a tuple, an empty key as an empty one; anything else is left for the type to refuse."""
    return () if value is None else tuple(value) if isinstance(value, list) else value


def _digits(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Identifier = Annotated[str, AfterValidator(_identifier)]
WebAddress = Annotated[Text, AfterValidator(web_address)]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$"), BeforeValidator(_digits)]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Hours = Annotated[str, AfterValidator(_hours)]
Charset = Annotated[Text, AfterValidator(_charset)]
Moment = Annotated[datetime, BeforeValidator(moment)]
