"""Loading rules and profiles: every error of every file at once with its line, and what a profile changes."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from checker.cases import run_cases
from checker.errors import RuleError
from checker.model.rules import RuleChange, UnitParams
from checker.rules import LoadedRule, RuleSet, changed, load_rule, load_rules, rule_set
from tests.engine_data import assess, column, found

RULES = Path(__file__).parent.parent / "rules"

RULE = """\
id: {id}
title: 栏目陈旧
indicator: {{document: 文件, part: 单项否决, item: 栏目}}
applies_to: {{site: true}}
effect: {{veto: {{at_least: 1}}}}
clauses:
  main: {{problem: 陈旧}}
params: {{days: 14}}
proof: absence
sql: |
  SELECT subject, url AS location, name AS detail, url AS scope
  FROM column_freshness WHERE days_since > :days
advice: 更新。
cases:
  - name: a stale column
    given: {{site_column: [{{url: "http://www.a.gov.cn/1/"}}]}}
    expect: {{outcome: fail}}
  - name: no column
    expect: {{outcome: pass, rows: []}}
  - name: nothing gathered
    gathered: {{site_column: failed}}
    expect: {{outcome: open, rows: []}}
"""
PROFILE = "name: {name}\ntitle: 测试\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with two sound rules and one sound profile."""
    folder = tmp_path / "rules"
    write(folder, "a/t1-one.yaml", RULE.format(id="t1-one"))
    write(folder, "b/t2-two.yaml", RULE.format(id="t2-two"))
    write(folder, "profiles/plain.yaml", PROFILE.format(name="plain"))
    return folder


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def problems(folder: Path) -> list[str]:
    """What the loader says, files named from the folder on."""
    with pytest.raises(RuleError) as refused:
        load_rules(folder)
    return [line.removeprefix(f"{folder}/") for line in str(refused.value).splitlines()]


def test_sound_files_load(rules: Path) -> None:
    book = load_rules(rules)
    assert sorted(book.rules) == ["t1-one", "t2-two"]
    assert [r for rule in book.rules.values() for r in run_cases(rule) if r.differences] == []
    loaded = book.rules["t1-one"]
    assert loaded.reads == {"column_freshness"}
    assert {(n.fact, n.at) for n in loaded.needs} == {
        ("site_column", "navigation"), ("list_item", "column"), ("article_date", "column"),
    }  # fmt: skip


MISTAKES = (
    ("effect: {veto", "efect: {veto",
     ["5: efect: unknown key 'efect'; did you mean 'effect'?", "1: key 'effect' is missing"]),
    ("proof: absence", "proof: absent", ["9: proof: 'absent' is not one of 'presence', 'absence' or 'existence'"]),
    ("veto: {at_least: 1}", "veto: {at_least: 0}", ["5: effect.veto.at_least"]),
    ("veto: {at_least: 1}", "veto: {}, notice: {}", ["5: effect: effect must be exactly one of"]),
    ("veto: {at_least: 1}", "deduct: {cap: 2}", ["1: effect deduct needs points in at least one clause"]),
    ("applies_to: {site: true}", "applies_to: {}", ["4: applies_to: applies_to names neither site nor account"]),
    ("FROM column_freshness", "FORM column_freshness", ["10: the query is refused: near"]),
    ("FROM column_freshness", "FROM column_fresh", ["10: the query is refused: no such table: column_fresh"]),
    ("name AS detail", "nam AS detail", ["10: the query is refused: no such column: nam"]),
    ("name AS detail", "name AS details",
     ["10: the query does not return 'detail'", "10: the query returns 'details', which is none of"]),
    ("name AS detail", "name AS detail, 1 AS points", ["10: the query returns 'points', which is none of"]),
    (":days", ":dayz", ["10: the query is refused: You did not supply a value for binding parameter :dayz"]),
    ("FROM column_freshness", "FROM column_freshness, (SELECT key FROM sample)",
     ["10: the query reads 'sample', but there is none here"]),
    ("SELECT subject", "DELETE FROM site; SELECT subject", ["10: the query is refused: "]),
    ("veto: {at_least: 1}", "veto: {at_least: {sql: SELECT nil FROM site}}",
     ["5: the query is refused: no such column: nil"]),
    ("main: {problem: 陈旧}", "main: {problem: 陈旧, pints: 1}",
     ["7: clauses.main.pints: unknown key 'pints'; did you mean 'points'?"]),
    ("veto: {at_least: 1}", "veto: {at_least: {sql: 'SELECT 1, 2'}}", ["5: the query must return one number"]),
    ("proof: absence", "sample: {n: 1, sql: SELECT name FROM site}\nproof: absence",
     ["9: the query does not return 'key'"]),
    ("days: 14", "days: [14]", ["8: params.days"]),
    ("advice: 更新。", "", ["1: key 'advice' is missing"]),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES, ids=[new[:30] for _, new, _ in MISTAKES])
def test_a_mistake_in_a_rule_is_told_with_its_line(rules: Path, old: str, new: str, said: list[str]) -> None:
    text = RULE.format(id="t1-one")
    assert old in text
    write(rules, "a/t1-one.yaml", text.replace(old, new, 1))
    told = problems(rules)
    for part in said:
        assert any(line.startswith(f"a/t1-one.yaml:{part}") for line in told), told
    assert len({line.split(": ")[0] for line in told}) <= len(said)


def test_cases_are_part_of_a_rule(rules: Path) -> None:
    text = RULE.format(id="t1-one")
    write(rules, "a/t1-one.yaml", text.partition("cases:")[0])
    write(rules, "b/t2-two.yaml", RULE.format(id="t2-two").replace("    gathered: {site_column: failed}\n", ""))
    assert problems(rules) == [
        "a/t1-one.yaml:1: cases lack a hit",
        "a/t1-one.yaml:1: cases lack a near miss",
        "a/t1-one.yaml:1: cases lack an empty and ungathered case (gathered: …), which must come out open",
        "b/t2-two.yaml:14: cases lack an empty and ungathered case (gathered: …), which must come out open",
    ]


def test_an_id_is_the_file_name_and_stands_once(rules: Path) -> None:
    write(rules, "c/t1-one.yaml", RULE.format(id="t1-one"))
    write(rules, "c/t3-three.yaml", RULE.format(id="t3-tree"))
    write(rules, "profiles/other.yaml", PROFILE.format(name="plain"))
    assert problems(rules) == [
        f"c/t1-one.yaml:1: id 't1-one' stands in {rules}/a/t1-one.yaml already",
        "c/t3-three.yaml:1: id 't3-tree' differs from the file name 't3-three'",
        "profiles/other.yaml:1: name 'plain' differs from the file name 'other'",
        f"profiles/plain.yaml:1: name 'plain' stands in {rules}/profiles/other.yaml already",
    ]


def test_all_errors_of_all_files_come_at_once(rules: Path) -> None:
    write(rules, "a/t1-one.yaml", RULE.format(id="t1-one").replace("proof:", "prof:"))
    write(rules, "b/t2-two.yaml", "id: [t2-two\n")
    write(rules, "b/t3-empty.yaml", "")
    write(rules, "b/t4-list.yaml", "- a\n- b\n")
    (rules / "b/t5-binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    write(rules, "b/t6-short.yml", RULE.format(id="t6-short"))
    write(rules, "profiles/plain.yaml", PROFILE.format(name="plain") + "extends: plane\n")
    told = problems(rules)
    assert [line.split(":")[0] for line in told] == [
        "a/t1-one.yaml", "b/t2-two.yaml", "b/t3-empty.yaml", "b/t4-list.yaml", "b/t5-binary.yaml", "b/t6-short.yml",
        "profiles/plain.yaml",
    ]  # fmt: skip
    assert told[0] == "a/t1-one.yaml:9: prof: unknown key 'prof'; did you mean 'proof'?"
    assert told[1].startswith("b/t2-two.yaml:1: is not YAML")
    assert told[2:6] == [
        "b/t3-empty.yaml:1: is empty; the examples in docs/ show what belongs there",
        "b/t4-list.yaml:1: does not hold keys and values; the examples in docs/ show what belongs there",
        "b/t5-binary.yaml:1: is UTF-16; save it as UTF-8",
        "b/t6-short.yml: is not read; rename it to .yaml",
    ]
    assert told[6] == "profiles/plain.yaml:3: unknown profile 'plane'; did you mean 'plain'?"


def test_a_folder_without_rules_says_so(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RuleError, match="holds no rules; give the folder with --rules"):
            load_rules(folder)
    with pytest.raises(RuleError, match="is not there"):
        load_rule(tmp_path / "t1.yaml")


def test_word_lists_are_no_rules(rules: Path) -> None:
    before = load_rules(rules).digest
    words = "name: words\ntitle: 词\nversion: '1'\ncategory: typo\nsource: 自拟\nterms: [{term: 秸杆, right: 秸秆}]\n"
    write(rules, "lexicon/words.yaml", words)
    assert sorted(load_rules(rules).rules) == ["t1-one", "t2-two"]
    assert load_rules(rules).digest != before


# --- profiles ------------------------------------------------------------------------------------------------------

CHANGES = (
    ("only: [t1-on]", "3: unknown rule 't1-on'; did you mean 't1-one'?"),
    ("blocking: [t1-one, zzz]", "3: unknown rule 'zzz'"),
    ("grades: [{grade: 良, when: {failed: [t2-tow]}}]", "3: unknown rule 't2-tow'; did you mean 't2-two'?"),
    ("rules: {t1-won: {on: false}}", "3: unknown rule 't1-won'; did you mean 't1-one'?"),
    ("rules:\n  t1-one:\n    params: {day: 10}", "5: unknown param 'day'; did you mean 'days'?"),
    ("rules:\n  t1-one:\n    params: {days: ten}", "5: param 'days' must be a number, not 'ten'"),
    ("rules:\n  t1-one:\n    clauses: {mian: {points: 1}}", "5: unknown clause 'mian'; did you mean 'main'?"),
    ("rules:\n  t1-one:\n    clauses:\n      main: {point: 1}", "6: unknown key 'point'; did you mean 'points'?"),
    ("rules:\n  t1-one:\n    clauses:\n      main: {points: -1}", "6: Input should be greater than or equal to 0"),
    ("rules:\n  t1-one:\n    effect: {deduct: {cap: 2}}", "4: effect deduct needs points in at least one clause"),
    ("rules:\n  t1-one:\n    effect: {veto: {at_least: {sql: SELEC 1}}}",
     "5: the query is refused: near \"SELEC\": syntax error"),
    ("rules:\n  t1-one:\n    effect: {veto: {at_least: {sql: SELECT :weeks}}}",
     "5: the query is refused: You did not supply a value for binding parameter :weeks."),
    ("rules:\n  t1-one:\n    effect: {veto: {at_least: {sql: DROP TABLE site}}}", "5: the query is refused: "),
    ("rules:\n  t1-one: {onn: false}", "4: rules.t1-one.onn: unknown key 'onn'; did you mean 'on'?"),
    ("extends: sity", "3: unknown profile 'sity'"),
    ("extends: city", "3: profile 'city' extends itself"),
    ("vetoed_total: nil", "3: vetoed_total: 'nil' is not one of 'null', 'zero' or 'kept'"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "said"), CHANGES, ids=[text[-40:] for text, _ in CHANGES])
def test_a_mistake_in_a_profile_is_told_with_its_line(rules: Path, text: str, said: str) -> None:
    write(rules, "profiles/city.yaml", f"{PROFILE.format(name='city')}{text}\n")
    told = problems(rules)
    assert len(told) == 1
    assert told[0].startswith(f"profiles/city.yaml:{said}")


def test_profiles_that_extend_each_other_in_a_circle_are_refused(rules: Path) -> None:
    for name, parent in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        write(rules, f"profiles/{name}.yaml", f"{PROFILE.format(name=name)}extends: {parent}\n")
    assert problems(rules) == [f"profiles/{n}.yaml:3: profile '{n}' extends itself" for n in "abc"]


def test_a_change_is_checked_after_those_of_the_profiles_beneath(rules: Path) -> None:
    points = "rules: {t1-one: {clauses: {main: {points: 2}}}}\n"
    deduct = "rules: {t1-one: {effect: {deduct: {cap: 4}}}}\n"
    write(rules, "profiles/low.yaml", PROFILE.format(name="low") + points)
    write(rules, "profiles/high.yaml", PROFILE.format(name="high") + "extends: low\n" + deduct)
    rule = rule_set(load_rules(rules), "high").rules[0].rule
    assert (rule.effect.kind, rule.effect.cap, rule.clauses["main"].points) == ("deduct", Decimal(4), Decimal(2))


def test_a_problem_for_a_rule_of_several_clauses_is_refused(rules: Path) -> None:
    text = RULE.format(id="t1-one").replace("  main: {problem: 陈旧}", "  a: {problem: 陈旧}\n  b: {problem: 空白}")
    write(rules, "a/t1-one.yaml", text)
    write(rules, "profiles/city.yaml", PROFILE.format(name="city") + "rules:\n  t1-one:\n    problem: 别的\n")
    assert problems(rules) == [
        "profiles/city.yaml:5: the rule has no clause 'main'; give 'a', 'b' its own problem"
    ]  # fmt: skip


@pytest.fixture
def family(rules: Path) -> Iterator[Path]:
    """A parent and a child profile that change everything that a profile can change."""
    write(rules, "profiles/parent.yaml", PROFILE.format(name="parent") + """
version: "7"
blocking: [t1-one]
scores: [portal]
vetoed_total: zero
unit_score: mean-of-sites
unit_params: {decimals: 1, points_per_account: 2}
deadlines: {年报: 01-31}
grades: [{grade: 合格}]
rules:
  t1-one: {params: {days: 30}, problem: 三十天未更新}
  t2-two: {on: false}
""")  # fmt: skip
    write(rules, "profiles/child.yaml", PROFILE.format(name="child") + """
extends: parent
unit_params: {points_per_account: 3}
rules:
  t1-one:
    effect: {veto: {at_least: {sql: SELECT count(*) FROM board_message}}}
    applies_to: {site: {kind: [department]}}
    clauses: {main: {points: 1.5}}
""")  # fmt: skip
    yield rules


def by_id(chosen: RuleSet) -> dict[str, LoadedRule]:
    return {loaded.rule.id: loaded for loaded in chosen.rules}


def test_a_child_keeps_what_it_does_not_change(family: Path) -> None:
    chosen = rule_set(load_rules(family), "child")
    profile = chosen.profile
    assert (profile.name, profile.version, profile.blocking, profile.scores) == ("child", "7", ("t1-one",), ("portal",))
    assert (profile.vetoed_total, profile.unit_score, profile.deadlines) == ("zero", "mean-of-sites", {"年报": "01-31"})
    assert profile.unit_params == UnitParams(decimals=1, points_per_account=Decimal(3))
    assert [g.grade for g in profile.grades or ()] == ["合格"]
    assert sorted(by_id(chosen)) == ["t1-one"]
    rule = by_id(chosen)["t1-one"].rule
    assert (rule.params, rule.clauses["main"].problem, rule.clauses["main"].points) == (
        {"days": 30}, "三十天未更新", Decimal("1.5"),
    )  # fmt: skip
    assert rule.applies_to.site is not None
    assert rule.applies_to.site.kind == ("department",)


def test_a_threshold_of_a_profile_needs_its_own_facts(family: Path) -> None:
    book = load_rules(family)
    of_parent, of_child = (by_id(rule_set(book, name))["t1-one"] for name in ("parent", "child"))
    assert of_parent.reads == {"column_freshness"}
    assert of_child.reads == {"column_freshness", "board_message"}
    assert {n.fact for n in of_child.needs} - {n.fact for n in of_parent.needs} == {"message"}


def test_what_judges_can_be_told_apart(family: Path) -> None:
    book = load_rules(family)
    hashes = {rule_set(book, name).sha256 for name in book.profiles}
    assert len(hashes) == len(book.profiles)
    assert rule_set(load_rules(family), "child").sha256 in hashes
    write(family, "profiles/child.yaml", PROFILE.format(name="child"))
    assert rule_set(load_rules(family), "child").sha256 not in hashes


def test_only_and_on(rules: Path) -> None:
    for text, wanted in (
        ("only: [t1-one]", ["t1-one"]),
        ("only: []", []),
        ("only: [t1-one]\nrules: {t2-two: {on: true}}", ["t1-one", "t2-two"]),
        ("only: [t1-one, t2-two]\nrules: {t2-two: {on: false}}", ["t1-one"]),
        ("rules: {t2-two: {on: false}}", ["t1-one"]),
    ):
        write(rules, "profiles/city.yaml", f"{PROFILE.format(name='city')}{text}\n")
        assert sorted(by_id(rule_set(load_rules(rules), "city"))) == wanted


def test_an_unknown_profile_is_told_with_what_there_is(family: Path) -> None:
    book = load_rules(family)
    for name, said in (("parnt", "did you mean 'parent'?"), ("zzz", "there are child, parent, plain")):
        with pytest.raises(RuleError) as refused:
            rule_set(book, name)
        assert str(refused.value) == f"{family}: unknown profile '{name}'; {said}"


def test_rules_are_judged_in_the_order_of_the_standard(rules: Path) -> None:
    for rule_id in ("x-a", "d10-x", "d9-x", "a1-x", "n2-x", "v4-b", "v4-a"):
        write(rules, f"c/{rule_id}.yaml", RULE.format(id=rule_id))
    order = [loaded.rule.id for loaded in rule_set(load_rules(rules), "plain").rules]
    assert order == ["v4-a", "v4-b", "n2-x", "a1-x", "d9-x", "d10-x", "t1-one", "t2-two", "x-a"]


def test_a_notice_can_become_a_veto(rules: Path) -> None:
    rule = load_rules(rules).rules["t1-one"].rule
    noticed = changed(rule, RuleChange.model_validate({"effect": "notice"}))
    again = changed(noticed, RuleChange.model_validate({"effect": {"veto": {"at_least": 2}}}))
    loaded = load_rules(rules).rules["t1-one"]
    stale = [column("1/"), column("2/")]
    got = [assess(LoadedRule(r, "", loaded.reads, loaded.needs), *stale) for r in (rule, noticed, again)]
    assert [(a.effect, a.outcome.value) for a in got] == [("veto", "fail"), ("notice", "fail"), ("veto", "fail")]
    one = assess(LoadedRule(again, "", loaded.reads, loaded.needs), stale[0], found())
    assert one.outcome == "pass"


# --- the shipped rules ---------------------------------------------------------------------------------------------


def shipped() -> dict[str, LoadedRule]:
    try:
        return load_rules(RULES).rules
    except RuleError:
        return {}  # told by the first test below


SHIPPED = shipped()


def test_the_shipped_rules_and_profiles_load() -> None:
    book = load_rules(RULES)
    assert {"national", "gate"} <= book.profiles.keys()
    for name in book.profiles:
        chosen = rule_set(book, name)
        assert chosen.profile.name == name
        assert chosen.blocking <= book.rules.keys()


@pytest.mark.parametrize("rule_id", sorted(SHIPPED))
def test_the_cases_of_a_shipped_rule_hold(rule_id: str) -> None:
    assert [r for r in run_cases(SHIPPED[rule_id]) if r.differences] == []
