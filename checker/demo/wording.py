"""Titles and paragraphs of the sample city: everything is invented, nothing is about a real place."""

TITLES: dict[str, tuple[str, ...]] = {
    "news": (
        "{short}召开秋冬季重点工作推进会", "{short}开展便民服务进社区活动", "{short}重点民生项目建设稳步推进",
        "{short}组织开展消防安全专项检查", "{short}举行青年志愿者集中服务活动", "{short}召开营商环境座谈会",
        "{short}推进老旧小区改造惠及群众", "{short}开展粮食生产技术指导", "{short}举办全民阅读分享会",
        "{short}召开防汛抗旱工作总结会", "{short}智慧停车系统投入使用", "{short}开展校园周边环境整治",
        "{short}举行文化下乡惠民演出", "{short}召开乡村建设现场观摩会",
        "{short}开展义务植树和绿地认养", "{short}公共图书馆延长开放时间", "{short}开展冬季道路养护",
        "{short}举办家庭急救知识培训", "{short}推进垃圾分类示范点建设", "{short}开展助老志愿服务",
        "{short}举办中小学生科技节", "{short}开展农田水利设施检修", "{short}组织食品安全宣传周活动",
        "{short}举行退役军人就业招聘会",
    ),
    "notice": (
        "关于开展{short}城镇供水管网检修的通知", "关于公布{short}便民服务热线的公告",
        "关于{short}部分道路临时交通管制的公告",
        "关于组织申报{short}科普示范基地的通知", "关于{short}公共自行车站点调整的公告",
        "关于征集{short}民生实事项目的公告",
        "关于做好{short}冬季供暖准备工作的通知", "关于{short}图书馆开放时间调整的公告",
        "关于{short}夜间施工管理的公告", "关于举办{short}群众文化活动周的通知", "关于{short}不动产登记窗口迁址的公告",
        "关于开展{short}水质监测结果公示的公告", "关于{short}停车泊位规划的公示", "关于做好{short}汛期安全工作的通知",
    ),
    "policy": (
        "{organ}关于加强城市绿地管理的意见", "{organ}办公室关于印发古树名木保护办法的通知",
        "{organ}关于促进家政服务业发展的实施意见", "{organ}办公室关于印发养老服务设施建设方案的通知",
        "{organ}关于规范户外广告设置的规定", "{organ}办公室关于印发农村公路养护细则的通知",
    ),
    "interpretation": (
        "《关于加强城市绿地管理的意见》政策解读", "一图读懂《古树名木保护办法》",
        "《关于促进家政服务业发展的实施意见》解读",
        "《养老服务设施建设方案》政策问答", "《户外广告设置规定》政策解读", "《农村公路养护细则》解读",
    ),
}  # fmt: skip
"""Titles by type of column; `{short}` is the place, `{organ}` its government or the department itself."""

DEPARTMENTS: dict[str, tuple[str, ...]] = {
    "notice": (
        "{short}关于政务服务窗口办公时间调整的公告", "{short}关于开展业务知识培训的通知",
        "{short}关于公布监督电话的公告",
        "{short}关于组织年度考评的通知", "{short}关于征求工作意见建议的公告", "{short}关于做好冬季安全工作的通知",
        "{short}关于系统升级暂停服务的公告", "{short}关于公示评审结果的公告",
    ),
    "policy": (
        "{short}关于印发政务服务事项清单的通知", "{short}关于加强行业诚信建设的意见", "{short}关于印发应急预案的通知",
        "{short}关于规范行政执法文书的通知",
    ),
    "interpretation": (
        "《政务服务事项清单》政策解读", "《关于加强行业诚信建设的意见》解读", "一图读懂《应急预案》",
        "《规范行政执法文书》政策问答",
    ),
}  # fmt: skip
"""Titles of departments, where they differ."""

PLAIN = "{short}{year}年{month}月{name}情况（第{number}期）"
"""Title of an entry of any other column."""

PARAGRAPHS = (
    "为进一步提升服务水平，方便群众和企业办事，各有关单位按照统一部署，细化任务分工，明确时间节点，扎实推进各项工作落地见效。",
    "活动现场，工作人员通过发放宣传手册、现场讲解、设置咨询台等方式，向过往群众介绍有关规定和办理流程，现场解答群众关心的问题。",
    "据了解，相关项目总投资约三百二十万元，建成后可服务周边六个社区、一万二千余名居民，预计每年可减少群众往返办事时间两千余小时。",
    "会议要求，要坚持问题导向，建立工作台账，逐项销号管理；要加强协调配合，形成工作合力；要强化督促检查，确保各项任务按期完成。",
    "下一步，将继续收集群众意见建议，及时总结经验做法，完善长效机制，把好事办好、实事办实，不断增强群众的获得感和满意度。",
)

ABOUT: dict[str, tuple[str, ...]] = {
    "profile": (
        "{short}地处丘陵与平原交界地带，气候温和，四季分明，全境河网密布，森林覆盖率百分之四十一。",
        "全境面积约二千一百平方公里，辖若干乡镇和街道，户籍人口约六十万人，主要产业为农产品加工、纺织和生态旅游。",
        "历史上为商旅往来之地，现存古桥、古驿道等文物保护单位二十余处，民间剪纸和竹编技艺列入保护名录。",
        "境内交通便利，公路通车里程超过三千公里，所有行政村通硬化路、通客车；教育、卫生、文化设施覆盖城乡。",
    ),
    "functions": (
        "（一）贯彻执行有关法律法规和方针政策，拟订本领域发展规划并组织实施。",
        "（二）负责本领域公共服务体系建设，指导基层开展工作，组织实施重大项目。",
        "（三）负责本领域监督管理，受理群众咨询和投诉，依法公开信息。",
        "（四）负责本领域人才队伍建设和科学技术推广，组织对外交流与合作，完成上级交办的其他任务。",
        "内设机构：办公室、规划财务科、政策法规科、监督管理科、公共服务科、人事教育科。",
        "办公地址：示例市中心路1号　办公时间：工作日 8:30—12:00，14:30—17:30　负责人：周文安",
    ),
    "leaders": (
        "市长　王明远　男，一九六八年生，大学学历，主持市政府全面工作，分管审计工作。",
        "副市长　陈秋实　女，一九七一年生，研究生学历，负责教育、卫生健康、文化旅游等方面工作。",
        "副市长　赵立行　男，一九七三年生，大学学历，负责农业农村、水利、自然资源等方面工作。",
        "副市长　孙晓岚　女，一九七五年生，大学学历，负责工业、商务、市场监管等方面工作。",
        "市政府秘书长　钱亦农　男，一九七二年生，大学学历，协助市长处理市政府日常工作。",
    ),
    "leaders区": (
        "区长　林知远　男，一九七〇年生，大学学历，主持区政府全面工作，分管审计工作。",
        "副区长　何清如　女，一九七四年生，研究生学历，负责教育、卫生健康、民政等方面工作。",
        "副区长　沈一帆　男，一九七六年生，大学学历，负责城市建设、生态环境、应急管理等方面工作。",
        "副区长　罗秋禾　女，一九七八年生，研究生学历，负责招商引资、商务、文化旅游等方面工作。",
        "区政府办公室主任　许知行　男，一九八〇年生，大学学历，协助区长处理区政府日常工作。",
    ),
    "services": (
        "办事地点：{short}政务服务中心一楼综合窗口；办理时间：工作日 8:30—12:00，14:30—17:30。",
        "可办事项：居民服务、企业开办、证照核发、公共事业缴费等，凭身份证件即可在综合窗口申请，材料齐全的当场受理。",
        "网上办理：登录后选择事项、填写申请表、上传材料，一至五个工作日内短信告知结果。",
        "收费标准：除法律法规另有规定外一律免费；办理进度和结果可凭受理编号在窗口或电话咨询，对结果有异议的可在六十日内申请复核。",
    ),
    "consultation": (
        "欢迎就{short}的工作提出咨询、意见和建议，来信由专人在一个工作日内登记，五个工作日内答复。",
        "请填写标题、内容和联系方式，一事一信，内容尽量写明时间、地点和经过；涉及个人隐私和商业秘密的内容不予公开。",
        "已经答复的来信经本人同意后在本栏公布，供有同样问题的群众参考；重复来信合并办理。紧急事项请直接拨打便民热线，由值班人员当场登记。",
    ),
}
"""Running texts of columns that are one page and no list, by type; a type with 市, 县 or 区 behind it goes before."""

LETTER = (
    '<form action="" method="post"><p>标题 <input name="title" size="50"></p>'
    '<p>内容 <textarea name="content" rows="6" cols="60"></textarea></p>'
    '<p><input type="submit" value="提交"></p></form>'
)
"""What a mailbox has below its text."""


def about(kind: str, short: str) -> str:
    """The running text of a column of type `kind` as HTML."""
    texts = ABOUT.get(kind + short[-1]) or ABOUT[kind]
    body = "\n".join(f"<p>　　{text.format(short=short)}</p>" for text in texts)
    return f"{body}\n{LETTER}" if kind == "consultation" else body


def titles(section: tuple[str, str], short: str, months: list[tuple[int, int]], start: int) -> list[str]:
    """One title for each (year, month) of a column (type, name): its type's pool from `start`, else the plain form."""
    kind, name = section
    area = short.endswith(("市", "县", "区"))
    organ = f"{short}人民政府" if area else short
    pool = (TITLES if area else {**TITLES, **DEPARTMENTS}).get(kind, ())[start:]
    made = [text.format(short=short, organ=organ) for text in pool[: len(months)]]
    for i, (year, month) in enumerate(months[len(made) :], start=len(made)):
        made.append(PLAIN.format(short=short, name=name, year=year, month=month, number=len(months) - i))
    return made


def paragraphs(title: str, place: str, turn: int) -> str:
    """The body of an article as HTML; `turn` only varies the order."""
    order = [PARAGRAPHS[(turn + k) % len(PARAGRAPHS)] for k in range(3)]
    first = f"近日，{place}发布消息：{title}。"
    return "\n".join(f"<p>　　{text}</p>" for text in (first + order[0], order[1], order[2]))
