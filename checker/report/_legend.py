"""What the words of the text report mean, for a reader who opens it without the documentation."""

from rich.text import Text

from checker.report._lines import Sheet

TERMS = (
    ("合格（15项中5项已判定）", "适用的单项否决共15项，已有结论的5项中没有否决；其余各项既未通过，也未查实。"),
    ("待核", "没有查实的单项否决，但有必须先判定的单项否决还没有结论，暂不能定为合格或不合格。"),
    ("候选", "疑似问题，人工确认前不否决、不扣分。“无法判定”是所需内容没有采集或没有采集完整，不算通过。"),
    ("〔1a2b3c4d〕", "这条结果的指纹；checker evidence 1a2b3c4d 显示其依据：存档的服务器应答、时间和校验值。"),
    ("第二部分", "100分减去已查实的扣分，不含加分；没有对外服务职能的按规定折算。"),
    ("最低", "未定的扣分全部扣掉时的总分；合格率后的“最低”是待核对象全部不合格时的合格率。"),
)


def write_legend(sheet: Sheet) -> None:
    """The last lines of the report."""
    sheet.heading("说明", "bold cyan")
    for term, meaning in TERMS:
        sheet.add(Text.assemble((f"{term}：", "bold"), meaning), hang=2)
