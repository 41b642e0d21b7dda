"""The gate for releases as its users have it: the action, the template and the hooks do what docs/gate.md says."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.config import SHANGHAI

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "gate" / "gitlab.yml").read_text("utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
INSPECT: dict[str, Any] = ACTION["runs"]["steps"][-1]
TODAY = datetime.now(SHANGHAI).date()

COLUMNS = 5
"""Blank columns that make a veto."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A repository with a registry and a built site: a fresh home page and five columns, which `fill` gives content."""
    names = [f"栏目{n}" for n in range(COLUMNS)]
    columns = "".join(f"      - {{name: {name}, url: /c{n}/, type: other}}\n" for n, name in enumerate(names))
    (tmp_path / "sites.yaml").write_text(
        'version: 1\nsites:\n  - id: a\n    code: null\n    name: 甲县人民政府\n    url: "https://www.built.example/"\n'
        f"    kind: department\n    organizer: 甲县人民政府\n    services: false\n    columns:\n{columns}"
        "      - {name: 县长信箱, url: /xx/, type: consultation}\n",
        "utf-8",
    )
    nav = (
        '<nav><a href="/xx/">县长信箱</a>'
        + "".join(f'<a href="/c{n}/">{name}</a>' for n, name in enumerate(names))
        + "</nav>"
    )
    write(
        tmp_path, "xx/index.html", "县长信箱", f'{nav}<h1>县长信箱</h1><form action="/xx/"><textarea></textarea></form>'
    )
    write(tmp_path, "index.html", "甲县人民政府", nav + entries("zwyw"))
    for n in range(1, 4):
        write(tmp_path, f"zwyw/{n}.html", f"要闻{n}", f"<h1>要闻第{n}条的标题</h1><p>正文</p>")
    for n, name in enumerate(names):
        write(tmp_path, f"c{n}/index.html", name, f"{nav}<h1>{name}</h1><ul></ul><p>栏目建设中，敬请期待</p>")
    return tmp_path


def entries(folder: str) -> str:
    rows = (
        f'<li><a href="/{folder}/{n}.html">要闻第{n}条的标题</a><span>{TODAY - timedelta(days=n)}</span></li>'
        for n in range(1, 4)
    )
    return f"<ul>{''.join(rows)}</ul>"


def write(repository: Path, name: str, title: str, body: str) -> None:
    file = repository / "public" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    file.write_text(f'<!doctype html><html lang="zh-CN">{head}<body>{body}</body></html>', "utf-8")


def fill(repository: Path) -> None:
    """Give every column something to show."""
    for n in range(COLUMNS):
        write(repository, f"c{n}/index.html", f"栏目{n}", f"<h1>栏目{n}</h1>{entries('zwyw')}")


def shell(script: str, cwd: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A script as a runner runs it, with this checker first on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=cwd, capture_output=True, text=True,
        timeout=120, check=False, env={"PATH": path, "HOME": str(cwd), **environment},
    )  # fmt: skip


def act(repository: Path, **inputs: str) -> tuple[int, dict[str, str], str]:
    """The action's own step with inputs: exit code, outputs and the summary of the job."""
    values = {name: str(spec["default"]) for name, spec in ACTION["inputs"].items()} | inputs
    environment = {
        variable: values[text.removeprefix("${{ inputs.").removesuffix(" }}")]
        for variable, text in INSPECT["env"].items()
    }
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        (repository / name).write_text("")
        environment[name] = str(repository / name)
    ran = shell(INSPECT["run"], repository, environment)
    outputs = dict(line.split("=", 1) for line in (repository / "GITHUB_OUTPUT").read_text("utf-8").splitlines())
    assert "Traceback" not in ran.stderr
    return ran.returncode, outputs, (repository / "GITHUB_STEP_SUMMARY").read_text("utf-8")


def test_the_action_stops_a_release_and_lets_the_mended_one_pass(site: Path) -> None:
    inputs = {"directory": "public", "sarif-prefix": "public", "pending-ok": "true"}
    code, outputs, summary = act(site, **inputs)
    assert (code, outputs) == (1, {"exit-code": "1", "sarif": "checker-reports/checker.sarif"})
    assert "空白栏目" in summary
    written = sorted(p.name for p in (site / "checker-reports").glob("checker.*"))
    assert written == [f"checker.{suffix}" for suffix in ("html", "json", "md", "sarif", "xml")]
    (run,) = json.loads((site / "checker-reports" / "checker.sarif").read_text("utf-8"))["runs"]
    blank = {
        r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for r in run["results"] if r["ruleId"] == "v4-columns-blank"
    }  # fmt: skip
    assert blank == {f"public/c{n}/index.html" for n in range(COLUMNS)}
    fill(site)
    assert act(site, **inputs)[:2] == (0, outputs | {"exit-code": "0"})


def test_a_baseline_lets_old_faults_pass_and_stops_new_ones(site: Path) -> None:
    inputs = {"directory": "public", "pending-ok": "true"}
    assert act(site, **inputs, **{"fail-on": "never"})[0] == 0
    (site / "checker-reports" / "checker.json").rename(site / "baseline.json")
    assert act(site, **inputs, baseline="baseline.json")[0] == 0
    registry = (site / "sites.yaml").read_text("utf-8")
    (site / "sites.yaml").write_text(registry + "      - {name: 新栏目, url: /new/, type: other}\n", "utf-8")
    write(site, "new/index.html", "新栏目", "<h1>新栏目</h1><ul></ul><p>栏目建设中，敬请期待</p>")
    assert act(site, **inputs, baseline="baseline.json")[0] == 1


def test_wrong_use_leaves_no_reports_to_upload(site: Path) -> None:
    code, outputs, summary = act(site, directory="nowhere")
    assert (code, outputs, summary) == (2, {"exit-code": "2"}, "")


def test_values_of_inputs_are_no_code(site: Path) -> None:
    code, outputs, _ = act(site, directory="public", profile="gate; touch hacked", only="$(touch hacked)")
    assert (code, outputs["exit-code"], (site / "hacked").exists()) == (2, "2", False)


def test_every_input_reaches_the_command() -> None:
    used = {text.split("inputs.")[1].split(" ")[0] for step in ACTION["runs"]["steps"] for text in _texts(step)}
    assert used == set(ACTION["inputs"])
    assert set(INSPECT["env"]) == {word.strip('${}"') for word in _variables(INSPECT["run"])}


def _texts(step: dict[str, Any]) -> list[str]:
    values = [*step.get("env", {}).values(), *step.get("with", {}).values()]
    return [v for v in values if "inputs." in v]


def _variables(script: str) -> set[str]:
    own = {"args", "where", "id", "pair", "name", "suffix", "file", "code", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"}
    found = {w.split("$")[1].lstrip("{").split("}")[0].split("/")[0] for w in shlex.split(script) if "$" in w}
    names = {"".join(c for c in f if c.isalnum() or c == "_") for f in found}
    return {n for n in names if n.isupper()} - own


def test_the_gitlab_template(site: Path) -> None:
    job = GITLAB[".checker"]
    fill(site)
    script = "\n".join(line for line in job["script"] if not line.startswith("pip "))
    assert "say where checker is installed from" in shell(script, site, job["variables"]).stderr
    ran = shell(
        script, site, {**job["variables"], "CHECKER_PACKAGE": "x", "CHECKER_OPTIONS": "--directory public --pending-ok"}
    )
    assert ran.returncode == 0, ran.stderr
    assert (site / job["artifacts"]["reports"]["junit"]).exists()
    assert job["allow_failure"] == {"exit_codes": [3]}


def test_the_hooks(site: Path) -> None:
    assert [h["id"] for h in HOOKS] == ["checker-registry", "checker-rules", "checker-site"]
    for hook in HOOKS[:1]:
        ran = shell(hook["entry"], site, {})
        assert ran.returncode == 0, ran.stderr
    rules = shell(HOOKS[1]["entry"], ROOT, {})
    assert rules.returncode == 0, rules.stderr
    built = shell(shlex.join([*shlex.split(HOOKS[2]["entry"]), *HOOKS[2]["args"], "--pending-ok"]), site, {})
    assert (built.returncode, "空白栏目" in built.stdout) == (1, True)


def test_what_docs_name_is_there() -> None:
    text = (ROOT / "docs" / "gate.md").read_text("utf-8")
    assert all(h["id"] in text for h in HOOKS)
    for name in ("gate/github.yml", "gate/gitlab.yml", "baseline.md", "suppressions.md"):
        assert (f"]({name})" in text, (ROOT / "docs" / name).exists()) == (True, True), name
    blocks = dict(re.findall(r"```yaml (\S+)\n(.*?)```", text, re.DOTALL))
    (repository,) = yaml.safe_load(blocks["pre-commit"])["repos"]
    assert [h["id"] for h in repository["hooks"]] == [h["id"] for h in HOOKS]
    included = yaml.safe_load(blocks["gitlab"])
    assert (included["include"][0]["file"], included["inspect"]["extends"]) == ("docs/gate/gitlab.yml", *GITLAB)
    assert set(included["inspect"]["variables"]) <= set(GITLAB[".checker"]["variables"])
    workflow = yaml.safe_load((ROOT / "docs" / "gate" / "github.yml").read_text("utf-8"))
    (step,) = [s for s in workflow["jobs"]["inspect"]["steps"] if s.get("id") == "checker"]
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_nothing_is_installed_by_a_name_of_the_public_index() -> None:
    """The name belongs to another project there."""
    written = [*ROOT.glob("*.md"), *ROOT.glob("*.yml"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.yml")]
    texts = [*written, *(ROOT / "checker").rglob("*.py")]
    assert [p for p in texts if re.search(r"pip install (--quiet )?['\"]?checker\b", p.read_text("utf-8"))] == []
