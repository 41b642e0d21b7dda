"""The suppressions of a scan for the terminal: expired ones first, for these hide nothing any more."""

from rich.text import Text

from checker.model.results import Scan, SuppressionUse
from checker.report._lines import Sheet, plain


def write_suppressions(sheet: Sheet, scan: Scan) -> None:
    """What is suppressed with reason, owner and end; nothing where there is none."""
    expired = [use for use in scan.suppressions if use.state == "expired"]
    held = [use for use in scan.suppressions if use.state != "expired"]
    if expired:
        sheet.heading("已过期的豁免", "bold red")
        sheet.add(Text("已不再生效，所涉问题照常计入；请整改，或重新确定期限，或从豁免文件中删去。", "yellow"))
        for use in expired:
            _line(sheet, use, f"{plain(use.expires)}已过期")
    if held:
        sheet.heading("豁免", "bold cyan")
        for use in held:
            until = f"至{plain(use.expires)}，本次豁免{use.hidden}条"
            _line(sheet, use, f"{plain(use.created)}起生效" if use.state == "future" else until)


def _line(sheet: Sheet, use: SuppressionUse, state: str) -> None:
    line = Text.assemble(("· ", ""), (f"{plain(use.rule)} ", "cyan"), plain(use.scope))
    line.append(f"：{plain(use.reason)}（负责人：{plain(use.owner)}；{state}）").append(f"  {plain(use.place)}", "dim")
    sheet.add(line, indent=2, hang=2)
