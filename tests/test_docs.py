"""The documentation against the code: what a page shows works, and what the code has is documented."""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from checker.cases import run_cases
from checker.cli import app
from checker.cli.output import FAIL_ON
from checker.config import Budget, shipped
from checker.errors import Exit
from checker.facts.query import FUNCTIONS
from checker.facts.schema import table_of, tables, views
from checker.fetch import FetchOutcome, FetchSettings
from checker.gather.links import Look
from checker.model import registry as registry_model
from checker.model import rules as rules_model
from checker.model.facts import FACTS
from checker.model.registry import SOURCE_KEYS
from checker.model.results import Outcome, Verdict
from checker.model.rules import Profile
from checker.registry import read_registry
from checker.report import FORMATS
from checker.rules import ROW_COLUMNS, load_rule, load_rules, rule_set
from checker.rules.lexicons import load_lexicons
from checker.rules.suppressions import read_suppressions
from checker.sources import SOURCES
from checker.yaml_lines import load, validated

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
WRITTEN = sorted(p for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: where it stands, what it is marked as, and its text."""

    page: str
    line: int
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(*infos: str) -> list[Block]:
    found = []
    for path in WRITTEN:
        text = path.read_text("utf-8")
        for match in FENCE.finditer(text):
            page = path.relative_to(ROOT).as_posix()
            found.append(Block(page, text.count("\n", 0, match.start()) + 1, match["info"].strip(), match["text"]))
    return [b for b in found if not infos or b.info in infos]


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def leaves() -> dict[str, Any]:
    """Every command that does something, by its words."""
    return {words: c for words, c in generator().commands().items() if words and not getattr(c, "commands", None)}


def options(command: Any) -> set[str]:
    named = [p for p in command.params if p.param_type_name == "option"]
    return {name for p in named for name in (*p.opts, *p.secondary_opts)} | {"--help"}


def named(name: str, text: str) -> bool:
    """Whether a name stands in a page as code."""
    return re.search(rf"`[^`\n]*(?<![\w-]){re.escape(name)}(?![\w-])[^`\n]*`", text) is not None


def absent(names: Iterator[str] | list[str] | tuple[str, ...] | set[str], text: str) -> list[str]:
    return [name for name in sorted(names) if not named(name, text)]


# --- generated pages


def test_generated_pages_are_up_to_date() -> None:
    assert generator().stale() == [], "run `make docs`"


def test_the_data_dictionary_has_every_table_field_view_and_function() -> None:
    text = read("docs/facts.md")
    assert [t for t in [*tables(), *views()] if f"### `{t}`" not in text] == []
    assert [name for name, *_ in FUNCTIONS if f"- `{name}`:" not in text] == []
    assert [f for f in FACTS if table_of(f) not in tables()] == []


def test_the_rules_page_has_every_rule_and_profile() -> None:
    text, book = read("docs/rules.md"), load_rules(shipped("rules"))
    chosen = {r.rule.id for r in rule_set(book, "national").rules}
    assert sorted(book.rules.keys() - chosen) == []
    assert [name for name in [*book.rules, *book.profiles] if f"| `{name}` |" not in text] == []


# --- commands


def test_every_command_and_option_is_documented_and_explained() -> None:
    text = read("docs/cli.md")
    for words, command in leaves().items():
        section = text.partition(f"## `checker {words}`\n")[2].partition("\n## ")[0]
        assert absent(options(command) - {"--help"}, section) == [], words
        assert [p.name for p in command.params if not p.help] == [], f"{words}: options without a help text"


@pytest.mark.parametrize("words", sorted(generator().commands()))
def test_every_help_works_and_names_its_options(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    result = CliRunner().invoke(app, [*words.split(), "--help"])
    assert result.exit_code == 0
    command = generator().commands()[words]
    assert [name for name in options(command) if name not in result.output] == []
    if words in leaves():
        assert "Example: checker " in result.output


@pytest.mark.parametrize("page", READMES)
def test_readmes_have_every_command_format_profile_and_exit_code(page: str) -> None:
    text = read(page)
    assert [w for w in leaves() if f"| `checker {w}` |" not in text] == []
    book = load_rules(shipped("rules"))
    assert absent([*book.profiles, *(f.name for f in FORMATS)], text) == []
    assert [int(e) for e in Exit if not re.search(rf"^\|[^|]*\b{int(e)}\b[^|]*\|", text, re.M)] == []


def shown_commands() -> list[tuple[str, str]]:
    """Every command that a page shows: lines of console blocks, and code that begins with checker or make."""
    found = [(str(b), line) for b in blocks("console", "bash", "sh") for line in b.text.splitlines() if line.strip()]
    for path in WRITTEN:
        text = FENCE.sub("", path.read_text("utf-8"))
        found += [(path.name, code) for code in re.findall(r"`((?:checker|make) [^`\n]+)`", text)]
    return [(place, line) for place, line in found if line.split()[0] in {"checker", "make"}]


def test_every_command_that_a_page_shows_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    known, wrong = generator().commands(), []
    for place, line in shown_commands():
        program, *words = shlex.split(line)
        if program == "make":
            wrong += [f"{place}: {line}" for w in words if "=" not in w and w not in targets]
            continue
        if words and "|" in words[-1]:  # `rules list|show`: each of them
            alternatives = [" ".join([*words[:-1], w]) for w in words[-1].split("|")]
            wrong += [f"{place}: {line}" for a in alternatives if a not in known]
            continue
        name = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in leaves()), "")
        given = {w.partition("=")[0] for w in words if re.match(r"--?[a-z]", w)}
        if given - options(known[name]) - ({"--version"} if not name else set()):
            wrong.append(f"{place}: {line}")
        if not name and not given:
            wrong.append(f"{place}: {line}")
    assert wrong == []


def test_both_readmes_show_the_same() -> None:
    english, chinese = ([(b.info, b.text) for b in blocks() if b.page == page] for page in READMES)
    assert english == chinese
    links = [re.findall(r"\]\(([^)]+)\)", read(page)) for page in READMES]
    assert sorted({*links[0]} ^ {*links[1]}) == sorted(READMES)


@pytest.mark.parametrize("page", READMES)
def test_the_two_commands_stand_at_the_very_top(page: str) -> None:
    first = next(b for b in blocks() if b.page == page)
    assert (first.info, first.text) == ("console", "make demo\nmake test\n")
    assert first.line <= 4


def test_make_help_lists_every_target() -> None:
    text = read("Makefile")
    declared = text.partition(".PHONY:")[2].partition("\n")[0].split()
    assert declared == re.findall(r"^([a-z]+):.*  ## ", text, re.M)


# --- what pages show is true


def test_the_demo_prints_what_the_readme_shows(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "checker", "demo", "--quiet", "--store", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    printed = iter(run.stdout.splitlines())
    (shown,) = [b for b in blocks("text demo") if b.page == "README.md"]
    lost = [line for line in shown.text.splitlines() if line != "…" and not any(line == p for p in printed)]
    assert lost == [], "not printed, or not in this order"


def test_yaml_is_marked_as_what_it_is() -> None:
    marks = {"yaml sites.yaml", "yaml accounts.yaml", "yaml rule", "yaml profile", "yaml lexicon", "yaml suppressions"}
    marks |= {"yaml gitlab", "yaml pre-commit"}  # of others; tests/test_gate.py holds them to ours
    assert [str(b) for b in blocks() if b.info.startswith("yaml") and b.info not in marks] == []


@pytest.mark.parametrize("block", blocks("yaml sites.yaml"), ids=str)
def test_every_sites_yaml_is_valid(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "sites.yaml"
    path.write_text(block.text, "utf-8")
    assert read_registry(path, None).sites


@pytest.mark.parametrize("block", blocks("yaml accounts.yaml"), ids=str)
def test_every_accounts_yaml_is_valid(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "accounts.yaml"
    path.write_text(block.text, "utf-8")
    assert read_registry(None, path).accounts


@pytest.mark.parametrize("block", blocks("yaml suppressions"), ids=str)
def test_every_suppressions_yaml_is_valid(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "suppressions.yaml"
    path.write_text(block.text, "utf-8")
    book = load_rules(shipped("rules"))
    assert read_suppressions(path, book, rule_set(book, "national"))


@pytest.mark.parametrize("block", blocks("yaml lexicon"), ids=str)
def test_every_word_list_that_a_page_shows_loads(block: Block, tmp_path: Path) -> None:
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "wording.yaml").write_text(block.text, "utf-8")
    assert load_lexicons(tmp_path)[1] == []


@pytest.mark.parametrize("block", blocks("yaml rule"), ids=str)
def test_every_rule_that_a_page_shows_loads_and_its_cases_hold(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text(block.text, "utf-8")
    loaded = load_rule(path)
    assert [(r.case, r.differences) for r in run_cases(loaded) if r.differences] == []


def test_the_worked_example_stands_under_rules_as_it_is(tmp_path: Path) -> None:
    """The example passes what the loader asks of a rule: a hit, a near miss, an ungathered case."""
    (example,) = [b for b in blocks("yaml rule") if b.page == "docs/rule-format.md"]
    (tmp_path / "x-quiet-disclosure.yaml").write_text(example.text, "utf-8")
    assert list(load_rules(tmp_path).rules) == ["x-quiet-disclosure"]


def test_the_profile_that_a_page_shows_works(tmp_path: Path) -> None:
    (block,) = blocks("yaml profile")
    for path in shipped("rules").rglob("*.yaml"):
        copy = tmp_path / path.relative_to(shipped("rules"))
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "profiles" / "example.yaml").write_text(block.text, "utf-8")
    shown, _ = validated(Profile, load(tmp_path / "profiles" / "example.yaml")[0])  # type: ignore[arg-type]
    assert shown is not None
    assert rule_set(load_rules(tmp_path), "example").profile.grades == shown.grades


def test_a_rule_in_ten_lines_has_ten_lines() -> None:
    rule = next(b for b in blocks("yaml rule") if b.page == "README.md")
    assert len(rule.text.splitlines()) == 10


# --- what the code has is documented


def models(module: Any, top: tuple[str, ...]) -> dict[str, type[BaseModel]]:
    """The pydantic models of a module that people write, by name."""
    found = {n: m for n, m in vars(module).items() if isinstance(m, type) and issubclass(m, BaseModel)}
    return {n: m for n, m in found.items() if m.__module__ == module.__name__ and n not in top}


def test_every_key_and_value_of_the_registry_is_documented() -> None:
    text = read("docs/registry.md")
    written = models(registry_model, ("Registry",))
    assert {n: absent(set(m.model_fields), text) for n, m in written.items() if absent(set(m.model_fields), text)} == {}
    values = (registry_model.ColumnType, registry_model.SiteKind, registry_model.Platform)
    assert [v for kind in values for v in absent(get_args(kind), text)] == []


def test_the_sources_that_can_be_read_are_told_from_the_others() -> None:
    text = read("docs/registry.md").partition("### Sources")[2]
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", text, re.M))
    readable = {s.kind: "yes" for s in SOURCES} | {"manual": "a person"}
    assert rows == {key: readable.get(key, "not yet") for key in SOURCE_KEYS}


def test_every_key_of_rules_and_profiles_is_documented() -> None:
    text = read("docs/rule-format.md")
    code = "\n".join(f"`{line}`" for b in blocks() if b.page == "docs/rule-format.md" for line in b.text.splitlines())
    written = models(rules_model, ("Written",))
    lacking = {n: [f for f in absent(set(m.model_fields), text) if f"{f}:" not in code] for n, m in written.items()}
    assert {n: fields for n, fields in lacking.items() if fields} == {}
    assert [c for c in ROW_COLUMNS if f"| `{c}` |" not in text] == []


def test_every_word_of_the_results_is_documented() -> None:
    text = read("docs/formats.md")
    for names in (FetchOutcome, Outcome, Verdict, [f.name for f in FORMATS]):
        assert [str(n) for n in names if f"| `{n}` |" not in text] == []
    assert [e for e in Exit if f"| {int(e)} | `{e.name}` |" not in text] == []
    assert absent(FAIL_ON, text) == []
    assert sorted(p.name for p in (ROOT / "docs/schema").glob("*.json") if f"(schema/{p.name})" not in text) == []


def test_the_verdicts_on_links_are_those_of_the_code() -> None:
    text = read("docs/formats.md").partition("## What became of a request")[2]
    rows = dict(re.findall(r"^\| `([\w-]+)` \|.*\| `(\w+)` \|$", text, re.M))
    statuses = {FetchOutcome.HTTP_4XX: 404, FetchOutcome.HTTP_5XX: 500}
    looks = {o: Look(o, statuses.get(o, 0), "", "") for o in FetchOutcome}
    assert rows == {o: "ok" if x.fine else "broken" if x.dead else "unknown" for o, x in looks.items()}


def test_every_module_has_its_floor_and_every_decision_its_line() -> None:
    text = read("docs/architecture.md")
    modules = {p.stem for p in (ROOT / "checker").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert absent(modules - {"__init__", "__main__"}, text) == []
    index = read("docs/decisions/README.md")
    records = sorted(p.name for p in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert re.findall(r"\((\d[^)]+)\)", index) == records


@pytest.mark.parametrize("page", READMES)
def test_the_limits_that_a_readme_promises_are_the_defaults(page: str) -> None:
    settings, budget, text = FetchSettings(), Budget(), read(page)
    promised = (
        rf"\b{settings.concurrency}\b", rf"\b{settings.interval:g} s\b", rf"\b{budget.pages}\b",
        rf"\b{settings.max_bytes // 1_000_000} MB\b", rf"\b{budget.link_checks}\b",
    )  # fmt: skip
    assert [p for p in promised if not re.search(p, text, re.A)] == []


def test_local_links_resolve() -> None:
    broken = []
    for path in WRITTEN:
        text = FENCE.sub("", path.read_text("utf-8"))
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" in target:
                continue
            name, _, anchor = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            if not file.exists() or (anchor and anchor not in anchors(file)):
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
