"""What the owner's API of a WeChat account says of menu and automatic replies, as functions. This file is no source."""

from collections.abc import Iterator
from typing import Any

from checker.address import normalise
from checker.model.facts import AccountFunction, Address

_DEEPEST = 3
_LONGEST = 60
_REPLIES = (
    ("is_add_friend_reply_open", "add_friend_autoreply_info", "关注后自动回复"),
    ("is_autoreply_open", "message_default_autoreply_info", "收到消息自动回复"),
)


def menu_functions(account: str, data: dict[str, Any]) -> tuple[AccountFunction, ...]:
    """The entries of the answer to get_current_selfmenu_info, sub-menus as `上级－下级`; none if the menu is off.

    An entry of pictures and texts has a row for each article that it shows. Only web pages have an address: what opens
    a mini-program, sends a medium or asks a server of the owner leads nowhere that we could follow.
    """
    if data.get("is_menu_open") in {0, "0"}:
        return ()
    menu = data.get("selfmenu_info")
    buttons = menu.get("button") if isinstance(menu, dict) else None
    found = (row for name, button in _buttons(buttons, "", _DEEPEST) for row in _rows(account, name, button))
    return tuple(dict.fromkeys(found))


def reply_functions(account: str, data: dict[str, Any]) -> tuple[AccountFunction, ...]:
    """Which automatic replies are on; what they say is not kept."""
    names = [name for switch, key, name in _REPLIES if data.get(switch) in {1, "1"} and data.get(key)]
    rules = _listed(data.get("keyword_autoreply_info"))
    names += [f"关键词自动回复（{len(rules)}条规则）"] if rules else []
    return tuple(AccountFunction(account, "reply", name, 0, Address("")) for name in names)


def _listed(value: Any) -> list[dict[str, Any]]:
    """A list as the API writes it: `{"list": […]}`, or the list itself."""
    rows = value.get("list") if isinstance(value, dict) else value
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _buttons(buttons: Any, above: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for button in _listed(buttons):
        own = " ".join(str(button.get("name") or "").split())[:_LONGEST]
        name = f"{above}－{own}" if above and own else own or above
        below = _listed(button.get("sub_button"))
        if below and depth:
            yield from _buttons(below, name, depth - 1)
        elif name:
            yield name, button


def _rows(account: str, name: str, button: dict[str, Any]) -> Iterator[AccountFunction]:
    shown = [item.get("content_url") for item in _listed(button.get("news_info"))]
    urls = shown or [button.get("url") if button.get("type") in {"view", "view_limited", None} else ""]
    for url in urls:
        yield AccountFunction(account, "menu", name, 0, Address(_web(url)))


def _web(url: Any) -> str:
    return (normalise(url) or "") if isinstance(url, str) and url.strip() else ""
