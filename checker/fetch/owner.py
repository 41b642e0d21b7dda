"""Who a host belongs to, as far as its name says."""

_SECOND_LEVEL = {"ac", "co", "com", "edu", "gov", "mil", "net", "org"}


def registrable(host: str) -> str:
    """The domain that one owner registers: last two labels, three under gov.cn, com.cn and their like.

    A host that is an IP address or a single word is its own. An approximation without the list of public suffixes:
    where it is wrong, it keeps a data call out or in, and the first is reported.
    """
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        return host
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if deep else -2 :])
