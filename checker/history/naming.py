"""Whom and what a circular means: its words to a subject of the registry and to a rule; nothing is guessed."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from checker.address import host_of, normalise
from checker.model.registry import Account, Registry, Site
from checker.registry import hosts_of
from checker.registry.words import either_wechat, platform_of
from checker.rules import RuleSet

Subject = Site | Account
_REMARK = re.compile(r"[(\[]([^()\[\]]*)[)\]]\s*$")
_SITE_ENDING = re.compile(r"(?:门户|官方)?网站?$")
_LEAD = re.compile(r"^(?:网站|账号|该账号)?(?:存在|出现|有|发现)+")
_RULE_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_SHOWN = 3


def folded(text: str) -> str:
    """A name as it is compared: half width, no blanks, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def bare(text: str) -> str:
    """A problem as it is compared: letters, digits and Chinese signs only."""
    return re.sub(r"[\W_]+", "", folded(text))


class Directory:
    """The subjects of a registry by code, address and name."""

    def __init__(self, registry: Registry) -> None:
        """Index the registry once."""
        self._subjects: tuple[Subject, ...] = tuple(registry.subjects)
        self._codes = {code.casefold(): s for s in self._subjects for code in (s.code or s.id, s.id)}
        self._homes = {home: s for s in registry.sites if (home := _home(s.url))}

    def meant(self, code: str, name: str, url: str, platform: str) -> Subject:
        """The one subject that a row is about: its code decides, else name and platform, else address.

        Raises ValueError where there is none or more than one, with what is registered that reads alike.
        """
        if code:
            found = self._codes.get(folded(code))
            if found is None:
                raise ValueError(f"no site or account has the id '{code}'{self._alike(name)}")
            others = [s for s in self._called(name, platform) if s.id != found.id] if name else []
            if others and folded(found.name) != folded(name) and found not in self._called(name, platform):
                raise ValueError(f"'{code}' is {found.name}, but '{name}' is {others[0].id}: which is meant?")
            return found
        by_name = self._called(name, platform) if name else []
        if len(by_name) > 1:
            listed = "、".join(f"{s.id} {s.name}" for s in by_name[:_SHOWN])
            raise ValueError(f"'{name}' may be {listed}: give its id (标识码)")
        by_url = self._at(url) if url and not by_name else None
        if by_name or by_url:
            return by_name[0] if by_name else by_url  # type: ignore[return-value]
        if not name and not url:
            raise ValueError("names no site or account: give 标识码, the registered name, or the address")
        raise ValueError(f"no site or account is registered as '{name or url}'{self._alike(name)}")

    def _called(self, written: str, platform: str) -> list[Subject]:
        """Those of a name; without a word for a platform a site goes before accounts of the same name."""
        remark = _REMARK.search(unicodedata.normalize("NFKC", written))
        word = platform or (remark[1] if remark else "")
        names = {folded(written)}
        if remark and platform_of(remark[1]):
            names.add(folded(_REMARK.sub("", unicodedata.normalize("NFKC", written))))
        alike = [s for s in self._subjects if folded(s.name) in names]
        if platform_of(word):
            return [s for s in alike if isinstance(s, Account) and _is_on(s, word)]
        return [s for s in alike if isinstance(s, Site)] or alike or self._sites_like(written)

    def _sites_like(self, written: str) -> list[Subject]:
        """Sites whose name differs only by 网, 网站, 门户网站 at its end."""
        stem = _SITE_ENDING.sub("", folded(written))
        sites = (s for s in self._subjects if isinstance(s, Site))
        return [s for s in sites if len(stem) > 2 and _SITE_ENDING.sub("", folded(s.name)) == stem]

    def _at(self, url: str) -> Subject | None:
        home = _home(url if "://" in url else f"http://{url}")
        if home in self._homes:
            return self._homes[home]
        host = home.partition("/")[0]
        found = [s for s in self._subjects if isinstance(s, Site) and host and _bears(s, host)]
        return found[0] if len(found) == 1 else None

    def _alike(self, name: str) -> str:
        known = {s.name: s.id for s in self._subjects}
        close = get_close_matches(name, known, _SHOWN, 0.5) if name else []
        return f"; close are {'、'.join(f'{n} ({known[n]})' for n in close)}" if close else ""


def _is_on(account: Account, word: str) -> bool:
    wechat = either_wechat(word) and account.platform.startswith("wechat-")
    return wechat or account.platform == platform_of(word)


def _bears(site: Site, host: str) -> bool:
    return host in {h.removeprefix("www.") for h in hosts_of(site)}


def _home(url: str) -> str:
    address = normalise(url)
    if not address:
        return ""
    host, path = host_of(address).removeprefix("www."), address.split("://", 1)[1].partition("/")[2]
    return f"{host}/{re.sub(r'^(?:index|default)[.][a-z]+$', '', path)}"


class Catalogue:
    """The rules by id and by their official words."""

    def __init__(self, rules: RuleSet) -> None:
        """Index the rules once; words that several rules share name none of them."""
        self.titles = {loaded.rule.id: loaded.rule.title for loaded in rules.rules}
        self._words: dict[str, dict[str, set[tuple[str, str]]]] = {"site": {}, "account": {}}
        for rule in (loaded.rule for loaded in rules.rules):
            named = [("", rule.title), ("", rule.problem or "")]
            named += [(clause, c.problem) for clause, c in rule.clauses.items()]
            for kind, scope in (("site", rule.applies_to.site), ("account", rule.applies_to.account)):
                for clause, words in named if scope is not None else ():
                    self._words[kind].setdefault(_core(words), set()).add((rule.id, clause))

    def of_id(self, written: str, kind: str) -> str:
        """The rule that a cell names by id or words; raises ValueError with what reads alike."""
        ids = [i for i in _RULE_ID.findall(written.casefold()) if i in self.titles]
        if ids:
            return str(ids[0])
        found = self.of_words(written, kind)
        if not found:
            near = get_close_matches(written.casefold(), self.titles, _SHOWN, 0.5)
            near += get_close_matches(written, self.titles.values(), _SHOWN, 0.5)
            raise ValueError(f"'{written}' is no rule{'; close are ' + '、'.join(near) if near else ''}")
        return found

    def of_words(self, text: str, kind: str) -> str:
        """The rule whose title or problem reads like the text, '' if none does or several do."""
        found = {rule for rule, _ in self._words[kind].get(_core(text), ())}
        return found.pop() if len(found) == 1 else ""


def _core(text: str) -> str:
    return _LEAD.sub("", bare(text))


_NUMBERED = re.compile(r"(?:^|[\s；;。，,])\s*[(（]?\d{1,2}\s*[.．、)）]\s*(?=[^\d\s])")
_JOINED = re.compile(r"[、；;，,。\s]+")


def problems_in(text: str, rules: Catalogue, kind: str) -> Sequence[str]:
    """The problems that one cell lists: by their numbers, or where each part is a rule's words; else the whole text."""
    if _NUMBERED.match(text):
        return _parts(_NUMBERED.split(text))
    parts = _parts(_JOINED.split(text))
    return parts if len(parts) > 1 and all(rules.of_words(p, kind) for p in parts) else [text.rstrip("；;。 ")]


def _parts(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(p for part in found if (p := part.strip(" ；;。，,"))))
