"""Types of columns: names from real navigation bars and circulars with the type that a person gives them."""

from datetime import date

import pytest

from checker.extract.columns.types import Typed, closed, column_type, typed

GIVEN = {
    "news": """
        要闻 新闻 动态要闻 政务要闻 工作动态 部门动态 基层动态 区县动态 市州动态 街镇动态 图片新闻 视频新闻
        时政要闻 本市要闻 综合要闻 陕西要闻 丰台要闻 新闻中心 新闻动态 要闻动态 政务动态 新闻资讯 文旅资讯
        政务资讯 资讯中心 媒体聚焦 媒体看丰台 国务院信息 今日武安 自治区重要信息 区县热点 要闻转载 营商动态
        天河动态 洪山要闻 部门资讯 工信动态 文明播报 工作简报 微动态 领导活动 领导讲话 政务信息 信息快递 县区要闻
        热点关注 国务要闻 省内要闻 质监动态 图片报道 时事新闻 国内新闻 媒体报道 行业动态
    """,
    "notice": """
        通知公告 公示公告 公告公示 公告 通知 公示 通知通告 重要公告 其他公告 仲裁公告 公示公开 低保公示 公告通知
        通告公示 运政公告 航道通告 结果公示
    """,
    "policy": """
        政策 政策文件 规范性文件 行政规范性文件 政策法规 法规文件 法规公文 政府文件 市政府文件 市府办公厅文件
        其他文件 政府公报 省政府公报 国务院公报 规章 规章库 相关政策 惠企政策 公文 政府令 法律法规
        云南省政策文件库 我要找政策 国务院政策文件库 最新政策 上级文件 部门文件 政府规章 政策汇编 政策库
    """,
    "interpretation": """
        政策解读 解读 图解政策 政策图解 一图读懂 政策问答 政策法规解读 专家解读 媒体解读 图说政策 文字解读
        部门解读 视频解读 图文解读
    """,
    "profile": """
        概况信息 城市概况 走进黄埔 走进四川 走进洪山 走进天河 丰台概况 省情概况 市情 省情 县情 魅力广州 魅力丰台
        美丽石家庄 美丽广西 扬帆青岛 印象云南 认识防城港 县情概览 镇街简介 走进文广 美丽金湖 概览烟台 政府概况
    """,
    "functions": """
        机构职能 机构设置 机构概况 机构信息 主要职责 内设机构 直属行政机构 所属事业单位 派出机构 组织机构 机构
        省政府机构 工作机构 职能部门 单位概况 部门职责 工作职责 内设科室
    """,
    "leaders": """
        领导之窗 领导信息 政府领导 省政府领导 委厅领导 总局领导 局领导 省长 县长简介 领导班子 领导分工 负责人信息
        领导介绍 领导名录 市委领导 领导简历 现任领导
    """,
    "data": """
        数据 数据发布 数据开放 数据服务 统计公报 统计数据 统计年鉴 主要经济指标 数据解读 统计信息 数据图表
        广西数据 统计数据发布 便民数据 交易统计 普查数据 部门数据 统计分析 统计年报 统计月报 统计快讯 经济数据
        季度数据 数据图解
    """,
    "disclosure": """
        公开 信息公开 政务公开 政府信息公开 政府信息公开指南 政府信息公开制度 公开指南 公开目录 政府信息公开目录
        法定主动公开内容 基础信息公开 重点领域信息公开 政府信息公开专栏 政府信息公开平台 职权信息 权责清单
        权力清单 人事任免 人事信息 招考录用 财政预决算 规划计划 建议提案 行政执法公示 双公示 交易公开
        依申请转主动公开 政府信息主动公开全清单 行政处罚 行政许可 采购信息 省政府会议 党务公开 承办建议提案工作
        政府采购 公务员招考 事业单位招聘 双随机一公开 审计公开
    """,
    "consultation": """
        互动 互动交流 政民互动 互动服务 领导信箱 县长信箱 区长信箱 省长信箱 市长信箱 局长信箱 部门信箱 在线咨询
        网上咨询 我要咨询 政务咨询 政策咨询 咨询投诉 12345热线 12345接诉即办 广州12345 市长热线 网上投诉 意见建议
        公众参与 留言选登 来信选登 网民留言 人民网留言板 网上问政 建言献策 我为九江献一策 办理信件统计 信件统计
        群众留言板 所长信箱 书记信箱 我要写信 我要留言 留言统计 互动查询 投诉建议 县长热线 行风热线 在线问政
        信息公开意见箱
    """,
    "application": """
        依申请公开 申请公开政府信息 信息公开申请公开
    """,
    "response": """
        回应关切 社会热点回应 热点回应 舆情回应 关切回应 回应社会关切 政策回应
    """,
    "survey": """
        调查征集 征集调查 意见征集 网上调查 问卷调查 民意征集 政策性文件意见征集 人民建议征集 民意调查
    """,
    "interview": """
        在线访谈 新闻发布会 新闻发布 新闻发布会及访谈 新闻发言人 政民直播
    """,
    "services": """
        服务 政务服务 办事服务 网上办事 公共服务 便民服务 利企服务 个人办事 法人办事 个人服务 法人服务 部门服务
        主题服务 综合服务 便民信息 便民查询 便民常用查询 政务服务事项 政务大厅 网上办事大厅 服务指南 办事指南
        皖事通办 穗好办、最好办 一网通办 表格下载 行政审批 我要办 就业服务 社保服务 中介服务 网上政务大厅 公众服务
        企业办事 街道办事 投资审批 网上政务服务平台 办事中心 办事流程 服务大厅
    """,
    "statistics": """
        办事统计 办件统计 办理统计 政务服务办件统计 办件情况
    """,
    "report": """
        信息公开年报 政府信息公开年报 政府网站工作年度报表 政府网站年度报表 年度报告 信息公开年度报告
        政府信息公开工作年度报告
    """,
    "petition": """
        网上信访 信访 纪检举报 投诉举报 信访举报 领导接访
    """,
    "special": """
        专题 专题专栏 热点专题 政务专题 业务专题 发展改革专栏 主题活动 学习贯彻党的二十大精神 主题教育
    """,
    "other": """
        营商环境 志愿服务 领导小组 统计局 教育局 大数据局 街道办事处 智能问答 常见问题 历史沿革 招商引资 乡村振兴
        道德模范 特色创新 文献 区教育局 青岛市司法局 旅游天地 服务业 国家统计局云南调查总队 绿色生态 曝光台
        党建之窗 人文北京 失物招领 政府信息 法律咨询
    """,
}
"""Every name is a real one: navigation bars, breadcrumbs, site maps, circulars."""

TABLE = [(name, kind) for kind, names in GIVEN.items() for name in names.split()]


def test_names_have_the_type_that_a_person_gives_them(capsys: pytest.CaptureFixture[str]) -> None:
    found = {name: column_type(name)[0] for name, _ in TABLE}
    wrong = {name: (kind, found[name]) for name, kind in TABLE if found[name] != kind}
    told = [name for name, _ in TABLE if found[name] != "other"]
    precision = 1 - sum(name in wrong for name in told) / len(told)
    with capsys.disabled():
        print(f"\ncolumn types: {len(TABLE)} names, {len(told)} typed, precision {precision:.3f}")  # noqa: T201
    assert (len(TABLE) >= 150, wrong) == (True, {})


def test_a_reason_quotes_the_words() -> None:
    assert column_type("甲县政策解读") == ("interpretation", "栏目名称含“解读”")
    assert column_type("连心桥") == ("other", "栏目名称不能说明类型")
    assert column_type("市教育局") == ("other", "栏目名称为机构名称")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"name": "部门动态", "declared": "工作动态"}, Typed("news", "ColumnType 标签为“工作动态”")),
        ({"name": "甲栏目", "declared": "政策文件"}, Typed("policy", "ColumnType 标签为“政策文件”")),
        ({"name": "县长信箱", "declared": "工作动态"}, Typed("consultation", "栏目名称含“信箱”")),
        ({"name": "区县热点", "declared": "要闻动态"}, Typed("news", "栏目名称含“区县热点”")),
        ({"name": "五区政务", "declared": "要闻动态"}, Typed("news", "ColumnType 标签含“要闻”")),
        ({"name": "历史文化", "parent": "魅力甲县"}, Typed("profile", "上级栏目“魅力甲县”")),
        ({"name": "常见问题", "parent": "互动交流"}, Typed("other", "栏目名称不能说明类型")),
        ({"name": "连心桥", "url": "http://a.gov.cn/hdjl/"}, Typed("consultation", "仅据地址“/hdjl/”推断")),
        ({"name": "甲栏目", "url": "http://12345.a.gov.cn/"}, Typed("consultation", "仅据域名“12345.a.gov.cn”推断")),
        ({"name": "通知公告", "parent": "政策文件"}, Typed("notice", "栏目名称含“通知”")),
        ({"name": "支援合作地区", "url": "http://a.gov.cn/zyhz/gzdt/"}, Typed("other", "栏目名称不能说明类型")),
        ({"name": "甲栏目", "url": "http://a.gov.cn/x/"}, Typed("other", "栏目名称不能说明类型")),
    ],
)
def test_tag_name_parent_and_address_in_this_order(given: dict[str, str], expected: Typed) -> None:
    assert typed(**given) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("历史要闻", "名称含“历史要闻”，不要求更新"), ("往期回顾", "名称含“往期”，不要求更新"), ("历史文化", ""),
        ("旧版网站", "名称含“旧版”，不要求更新"), ("失效文件", "名称含“失效”，不要求更新"), ("政务要闻", ""),
        ("2019年专题", "名称限于2019年，不要求更新"), ("2026年两会", ""), ("12345热线", ""),
    ],
)  # fmt: skip
def test_closed_columns_need_no_update(name: str, expected: str) -> None:
    assert closed(name, date(2026, 11, 22)) == expected
