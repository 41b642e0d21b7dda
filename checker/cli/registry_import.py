"""`checker registry import`: spreadsheets of the two national reporting systems into the registry files."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from checker.cli.discover import replace_file
from checker.cli.terminal import print_json, print_out, say
from checker.errors import Problem, RegistryError, UsageError
from checker.model.registry import Registry
from checker.registry import (
    Comparison,
    Difference,
    Imported,
    List,
    Remark,
    begun,
    compared,
    incoming,
    read_registry,
    with_entries,
)
from checker.sheets import MAX_BYTES, Sheet, read_sheets

_KINDS = {
    "new": "新增", "gone": "表中没有", "renamed": "名称变化", "status": "状态变化", "organizer": "主办单位变化",
    "address": "网址变化", "kind": "网站类型变化", "platform": "平台变化", "code": "标识码不一致",
}  # fmt: skip
_LISTS: Mapping[List, str] = {"sites": "网站", "accounts": "政务新媒体"}


def import_sheets(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Spreadsheets: xlsx, xls or csv.")],
    sites: Annotated[Path, typer.Option("--sites", help="sites.yaml to fill; begun if it is not there.")] = Path(
        "sites.yaml"
    ),
    accounts: Annotated[
        Path, typer.Option("--accounts", help="accounts.yaml to fill; begun if it is not there.")
    ] = Path("accounts.yaml"),
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Report the differences, write nothing.")] = False,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")] = False,
) -> None:
    """Import the spreadsheets of the national reporting systems; what is registered stays, differences are reported.

    New entries are added, changed names, organizers, addresses, kinds and statuses are written in their place. What is
    registered but not in the sheets is reported, never deleted; rows that lack what an entry needs are listed.
    """
    if format not in {"text", "json"}:
        raise UsageError(f"--format {format}: must be text or json")
    imported = incoming([sheet for file in files for sheet in _sheets(file)])
    paths: dict[List, Path] = {"sites": sites, "accounts": accounts}
    comparison = compared(_registered(paths), imported)
    texts = _texts(paths, comparison)
    _check(paths, texts)
    if format == "json":
        print_json(_report(files, paths, imported, comparison, dry_run), 1)
    else:
        for line in _lines(paths, imported, comparison):
            print_out(line)
    if not dry_run:
        for kind, text in texts.items():
            paths[kind].parent.mkdir(parents=True, exist_ok=True)
            replace_file(paths[kind], text)
    if not quiet:
        said = "would be written" if dry_run else "written"
        say(f"{said}: {', '.join(str(paths[kind]) for kind in texts) or 'nothing'}")


def _sheets(file: Path) -> tuple[Sheet, ...]:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    return read_sheets(str(file), data)


def _registered(paths: Mapping[List, Path]) -> Registry:
    """What is registered already; a file that is not there, or lists nothing yet, has no entries."""
    there = {kind: path if path.exists() else None for kind, path in paths.items()}
    if not any(there.values()):
        return Registry()
    try:
        return read_registry(there["sites"], there["accounts"])
    except RegistryError as error:
        if all(p.message.startswith("nothing is registered") for p in error.problems):
            return Registry()
        raise


def _texts(paths: Mapping[List, Path], comparison: Comparison) -> dict[List, str]:
    """The new text of each file that changes."""
    texts: dict[List, str] = {}
    for kind, path in paths.items():
        entries, changes = comparison.entries.get(kind, []), comparison.changes.get(kind, {})
        if not entries and not changes:
            continue
        if path.exists() and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
            raise UsageError(f"{path} is read-only; allow writing, or name another file with --{kind}")
        before = path.read_bytes().decode("utf-8") if path.exists() else begun(kind)
        try:
            texts[kind] = with_entries(before, kind, entries, changes)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error
    return texts


def _check(paths: Mapping[List, Path], texts: Mapping[List, str]) -> None:
    """The files as they would be, read as a scan reads them: a registry that cannot be used is never written."""
    with TemporaryDirectory() as folder:
        tried: dict[List, Path] = {}
        for kind, path in paths.items():
            if kind in texts or path.exists():
                tried[kind] = Path(folder) / f"{kind}.yaml"
                tried[kind].write_bytes(texts[kind].encode() if kind in texts else path.read_bytes())
        if not texts:
            return
        try:
            read_registry(tried.get("sites"), tried.get("accounts"))
        except RegistryError as error:
            names = {str(tried[kind]): str(paths[kind]) for kind in tried}
            told = [Problem(names.get(p.file, p.file), p.line, _named(p.message, names)) for p in error.problems]
            more = Problem(str(next(iter(paths.values()))), 0, "nothing was written; the import would have made this:")
            raise RegistryError([more, *told]) from error


def _named(message: str, names: Mapping[str, str]) -> str:
    for tried, name in names.items():
        message = message.replace(tried, name)
    return message


def _lines(paths: Mapping[List, Path], imported: Imported, comparison: Comparison) -> list[str]:
    lines: list[str] = []
    for kind, rows in imported.rows.items():
        mine = [d for d in comparison.differences if d.list == kind]
        counts = {k: sum(d.kind == k for d in mine) for k in _KINDS}
        told = "，".join(f"{_KINDS[k]}{n}" for k, n in counts.items() if n) or "与名录一致"
        lines.append(f"{_LISTS[kind]}（{paths[kind]}）：表中{rows}行；{told}")
        lines += [_line(d) for k in _KINDS for d in mine if d.kind == k]
    remarks = {
        "未导入": [*imported.refused, *comparison.refused],
        "请核对": [*imported.notices, *comparison.notices],
        "未识别的列": imported.unknown,
        "联系方式等列不读取": imported.contacts,
    }
    for title, found in remarks.items():
        lines += [f"{title}  {_place(r)}：{r.text}" for r in found]
    return lines


def _line(d: Difference) -> str:
    said = {"new": d.after, "gone": "名录中有，表中没有，保留"}.get(d.kind, f"{d.before or '（无）'} → {d.after}")
    kept = "" if d.written or d.kind == "gone" else "（未改写，请核对）"
    return f"  {_KINDS[d.kind]}  {d.id}  {d.name}：{said}{kept}"


def _place(remark: Remark) -> str:
    return f"{remark.file}:{remark.row}" if remark.row else remark.file


def _report(
    files: list[Path], paths: Mapping[List, Path], imported: Imported, comparison: Comparison, dry_run: bool
) -> dict[str, Any]:
    def rows(remarks: list[Remark]) -> list[dict[str, Any]]:
        return [{"file": r.file, "row": r.row, "text": r.text} for r in remarks]

    def columns(remarks: list[Remark]) -> list[dict[str, Any]]:
        return [{"file": r.file, "heading": r.text} for r in remarks]

    lists: dict[str, Any] = {
        kind: {
            "file": str(paths[kind]),
            "rows": imported.rows[kind],
            "differences": [
                {k: v for k, v in asdict(d).items() if k != "list"} for d in comparison.differences if d.list == kind
            ],
        }
        if kind in imported.rows
        else None
        for kind in _LISTS
    }
    return {
        "files": [str(file) for file in files], "dry_run": dry_run, **lists,
        "not_imported": rows([*imported.refused, *comparison.refused]),
        "notices": rows([*imported.notices, *comparison.notices]),
        "unknown_columns": columns(imported.unknown), "dropped_columns": columns(imported.contacts),
    }  # fmt: skip
