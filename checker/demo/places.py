"""The websites of the sample city and what is planted in them; ages are days before the inspection day.

Every fault has a healthy twin beside it: 清溪县 breaks what 石桥区 (same software) just keeps, 教育局 has five blank
columns where 石桥区 has four and no channel where 卫生健康委员会 has one on another host; the city portal is in order.
What a reader must bring together himself stands on healthy sites: a footer from a script, a list from a data call.
"""

from checker.demo.plan import Marks, Place, Section

CITY = Place(
    id="3499000001", host="www.shili.gov.cn", name="示例市人民政府", short="示例市", look="trs",
    colour="#b3121d",
    marks=Marks(code="3499000001", organizer="示例市人民政府办公室", contact="0300-5550001",
                icp="皖ICP备99000001号-1", police="皖公网安备 34990002000001号",
                party="A1B2C3D4E5F60718293A4B5C6D7E8F90"),
    friends=(("中国政府网", "http://www.gov.cn/"), ("清溪县人民政府", "http://www.qingxi.shili.gov.cn/"),
             ("石桥区人民政府", "http://www.shiqiao.shili.gov.cn/"), ("市教育局", "http://jyj.shili.gov.cn/"),
             ("市卫生健康委", "http://wjw.shili.gov.cn/"), ("网站地图", "/map.html")),
    map="/map.html", access=("无障碍浏览", "/wza/index.html"),
    home_note='<p class="zt"><a href="/zt/jnh/index.html">节能环保专题</a> '
              '<a href="/zt/map/index.html">市民地图</a></p>'
              '<div class="gzwm"><img src="/images/pic.svg" alt="示例发布微信公众号" width="80"> '
              '<img src="/images/pic.svg" alt="示例发布官方微博" width="80"></div>',
    extra={"/zt/jnh/index.html": ("节能环保专题", "<p>　　绿色出行、垃圾分类、节约用水，从每个人做起。</p>"),
           "/zt/map/index.html": ("市民地图", "<p>　　公交站点、便民服务点、公共停车场分布说明。</p>"),
           "/wza/index.html": ("无障碍浏览", "<p>　　本站支持读屏软件、大字模式和键盘操作。</p>")},
    sections=(
        Section("示例要闻", "/xwzx/szyw/", "news", newest=0, count=12, step=1, home=True),
        Section("部门动态", "/xwzx/bmdt/", "news", newest=1, step=2, home=True),
        Section("县区动态", "/xwzx/xqdt/", "news", newest=3, count=3, step=3, two_anchors=True),
        Section("通知公告", "/xxgk/tzgg/", "notice", newest=5, step=12, home=True, pinned=252,
                notes={1: "<p>　　报名时间：2021年12月1日至2021年12月20日，逾期不再受理。</p>"}),
        Section("政策文件", "/zwgk/zcwj/", "policy", newest=27, step=33, home=True,
                notes={0: "<p>　　本意见自2022年1月1日起施行，有效期至2026年12月31日。成文日期：2021年9月28日</p>"}),
        Section("政策解读", "/zwgk/zcjd/", "interpretation", newest=25, count=3, step=33, home=True),
        Section("示例概况", "/zjsl/sqgk/", "profile", form="text"),
        Section("领导信息", "/zwgk/ldxx/", "leaders", form="text"),
        Section("机构职能", "/zwgk/jgzn/", "functions", form="text", level=2),
        Section("统计数据", "/sjfb/tjsj/", "data", newest=20, step=31, level=2, update_days=90),
        Section("财政信息", "/zwgk/czxx/", "disclosure", newest=100, count=3, step=180, level=2, update_days=365),
        Section("人事信息", "/zwgk/rsxx/", "disclosure", newest=9, step=24, level=2, update_days=30),
        Section("政府采购", "/zwgk/zfcg/", "disclosure", newest=4, step=15, level=2, update_days=30),
        Section("在线访谈", "/hdjl/zxft/", "interview", newest=40, count=3, step=60, level=2, update_days=180,
                under="政民互动"),
        Section("调查征集", "/hdjl/dczj/", "survey", newest=30, step=45, level=2, update_days=180, under="政民互动"),
        Section("往期专题", "/ztzl/2019zt/", "special", newest=800, count=3, step=40, level=2, should_update=False),
        Section("专题专栏", "/ztzl/", "special", newest=12, count=3, step=20, registered=False),
        Section("办事服务", "/bsfw/", "services", form="text"),
        Section("办事统计", "/bsfw/bstj/", "statistics", newest=8, count=3, step=30, level=2, update_days=31,
                under="办事服务"),
        Section("政民互动", "/hdjl/", "consultation", form="text"),
        Section("市长信箱", "/hdjl/szxx/", "consultation", form="text", level=2, under="政民互动"),
    ),
)  # fmt: skip

_QINGXI_LONG = (
    ("人事任免", "rsrm", 90, 405), ("规划计划", "ghjh", 365, 700), ("财政预决算", "czyjs", 365, 760),
    ("统计信息", "tjxx", 90, 500), ("重大项目", "zdxm", 60, 420), ("政府采购", "zfcg", 30, 610),
    ("应急管理", "yjgl", 90, 480), ("安全生产", "aqsc", 30, 390), ("食品药品监管", "spyp", 30, 520),
    ("扶贫工作", "fpgz", 30, 366),
)  # fmt: skip

QINGXI = Place(
    id="3499010001", host="www.qingxi.shili.gov.cn", name="清溪县人民政府", short="清溪县", look="ucap",
    colour="#1763b0",
    marks=Marks(code="3499010001", organizer="清溪县人民政府办公室", contact="0300-5550101",
                icp="皖ICP备99000101号-1", police="", party="B1B2C3D4E5F60718293A4B5C6D7E8F91"),
    tags="flawed",
    friends=(("示例市人民政府", "http://www.shili.gov.cn/"), ("石桥区人民政府", "http://www.shiqiao.shili.gov.cn/"),
             ("无障碍浏览", "/wza/index.shtml"), ("旧版网站", "/old/index.shtml")),
    elsewhere=(("政务服务", "http://zwfw.shili.gov.cn/"),),
    home_note='<div class="ad"><img src="/images/banner2018.jpg" alt="清溪旅游节"> '
              '<a href="http://www.xinwen.shili.example/zt/2018/index.html">2018清溪旅游节专题报道</a></div>'
              '<div class="gzwm"><img src="/images/pic.svg" alt="清溪文旅微信公众号" width="80"></div>',
    sections=(
        Section("清溪要闻", "/xwdt/qxyw/common_list.shtml", "news", newest=21, count=6, step=6, home=True,
                two_anchors=True),
        Section("部门动态", "/xwdt/bmdt/common_list.shtml", "news", newest=40, level=2, gone=2),
        Section("乡镇动态", "/xwdt/xzdt/common_list.shtml", "news", newest=95, level=2),
        Section("通知公告", "/zwgk/tzgg/common_list.shtml", "notice", newest=190, step=20, home=True,
                touched={0: 3}, notes={2: '<p>附件：<a href="/uploads/fujian/2021sb.doc">申报表.doc</a></p>'}),
        Section("政策文件", "/zwgk/zcwj/common_list.shtml", "policy", newest=300, step=20, home=True,
                notes={0: '<p>相关链接：<a href="/201901/0f3c5a7e9b1d2f4a6c8e0b2d4f6a8c1e.shtml">原实施办法</a></p>'}),
        Section("政策解读", "/zwgk/zcjd/common_list.shtml", "interpretation", newest=220, step=20),
        Section("县情概况", "/zjqx/xqgk/common_list.shtml", "profile", form="text"),
        *(Section(name, f"/zwgk/{path}/common_list.shtml", "disclosure", newest=newest, count=2, step=31, level=2,
                  update_days=days) for name, path, days, newest in _QINGXI_LONG),
        Section("招标投标", "/zwgk/zbtb/common_list.shtml", "disclosure", newest=365, count=2, step=31, level=2,
                update_days=30, ahead=(7,)),
        Section("往年专题", "/ztzl/2018/common_list.shtml", "special", newest=1200, count=2, step=31, level=2,
                should_update=False),
        Section("建议提案", "/zwgk/jyta/common_list.shtml", "disclosure", form="blank", level=2),
        Section("双随机公开", "/zwgk/ssj/common_list.shtml", "other", form="blank", level=2),
        Section("公共企事业单位", "/zwgk/gqsy/common_list.shtml", "other", form="blank", level=2),
        Section("热点回应", "/hdjl/rdhy/common_list.shtml", "response", form="blank", level=2),
        Section("数据开放", "/sjkf/common_list.shtml", "data", form="script"),
        Section("机构职能", "/zwgk/jgzn/common_list.shtml", "functions", form="text", level=2),
        Section("县长信箱", "/hdjl/xzxx/common_list.shtml", "consultation", form="text"),
    ),
)  # fmt: skip

_SHIQIAO_LONG = (
    ("人事任免", "rsrm", 90, 405), ("规划计划", "ghjh", 365, 700), ("财政预决算", "czyjs", 365, 760),
    ("统计信息", "tjxx", 90, 500), ("重大项目", "zdxm", 60, 420), ("政府采购", "zfcg", 30, 610),
    ("应急管理", "yjgl", 90, 480), ("安全生产", "aqsc", 30, 366),
)  # fmt: skip

SHIQIAO = Place(
    id="3499020001", host="www.shiqiao.shili.gov.cn", name="石桥区人民政府", short="石桥区", look="ucap",
    colour="#1d7a4b",
    marks=Marks(code="3499000003", organizer="石桥区人民政府办公室", contact="0300-5550201",
                icp="皖ICP备99000201号", police="皖公网安备34990202000201号",
                party="C1B2C3D4E5F60718293A4B5C6D7E8F92"),
    friends=(("示例市人民政府", "http://www.shili.gov.cn/"), ("清溪县人民政府", "http://www.qingxi.shili.gov.cn/"),
             ("网站地图", "/wzdt/index.shtml")),
    map="/wzdt/index.shtml", access=("长者模式", "/wza/index.shtml"), written_footer="/js/footer.js",
    extra={"/wza/index.shtml": ("长者模式", "<p>　　本站长者模式提供大字、高对比度和语音播报，可随时退出。</p>")},
    home_note='<div class="ad"><a href="/neibu/index.shtml">办公系统</a> <a href="/old/index.shtml">旧版网站</a> '
              '<a href="mailto:webmaster@shiqiao.shili.gov.cn">网站信箱</a></div>'
              '<div class="gzwm"><img src="/images/pic.svg" alt="示例旅游微信公众号" width="80"></div>',
    sections=(
        Section("石桥要闻", "/xwdt/sqyw/common_list.shtml", "news", newest=14, count=11, step=5, home=True,
                two_anchors=True),
        Section("部门动态", "/xwdt/bmdt/common_list.shtml", "news", newest=15, count=3, level=2),
        Section("镇街动态", "/xwdt/zjdt/common_list.shtml", "news", newest=60, count=3, level=2),
        Section("通知公告", "/zwgk/tzgg/common_list.shtml", "notice", newest=185, step=20, home=True),
        Section("公示公告", "/zwgk/gsgg/common_list.shtml", "notice", newest=250, count=3, step=20, form="feed",
                notes={1: '<p><img src="/uploads/2021/gongshi.png" alt="公示图"></p>'}),
        Section("招考公告", "/zwgk/zkgg/common_list.shtml", "notice", newest=300, count=2, step=20, level=2),
        Section("政策文件", "/zwgk/zcwj/common_list.shtml", "policy", newest=184, step=20, home=True),
        Section("政策解读", "/zwgk/zcjd/common_list.shtml", "interpretation", newest=30, count=3, step=20, home=True,
                ahead=(1,)),
        Section("区情概况", "/zjsq/qqgk/common_list.shtml", "profile", form="text"),
        *(Section(name, f"/zwgk/{path}/common_list.shtml", "disclosure", newest=newest, count=2, step=31, level=2,
                  update_days=days) for name, path, days, newest in _SHIQIAO_LONG),
        Section("行政收费目录", "/zwgk/xzsf/common_list.shtml", "disclosure", form="files", count=3, level=2,
                update_days=365),
        Section("招标投标", "/zwgk/zbtb/common_list.shtml", "disclosure", newest=365, count=2, step=31, level=2,
                update_days=30),
        Section("往年专题", "/ztzl/2018/common_list.shtml", "special", newest=1200, count=2, step=31, level=2,
                should_update=False),
        Section("建议提案", "/zwgk/jyta/common_list.shtml", "disclosure", form="blank", level=2),
        Section("双随机公开", "/zwgk/ssj/common_list.shtml", "other", form="blank", level=2),
        Section("公共企事业单位", "/zwgk/gqsy/common_list.shtml", "other", form="blank", level=2),
        Section("热点回应", "/hdjl/rdhy/common_list.shtml", "response", form="blank", level=2),
        Section("机构职能", "/zwgk/jgzn/common_list.shtml", "functions", form="text", level=2),
        Section("领导信息", "/zwgk/ldxx/common_list.shtml", "leaders", form="text"),
        Section("办事服务", "/bsfw/common_list.shtml", "services", form="text"),
        Section("办事统计", "/bsfw/bstj/common_list.shtml", "statistics", newest=31, count=2, step=30, level=2,
                update_days=31),
        Section("区长信箱", "/hdjl/qzxx/common_list.shtml", "consultation", form="text"),
    ),
)  # fmt: skip

EDUCATION = Place(
    id="3499000012", host="jyj.shili.gov.cn", name="示例市教育局", short="示例市教育局", look="table", colour="#8a4b08",
    charset="gb2312", header_charset=False, tags="none",
    marks=Marks(code="3499000012", organizer="", contact="0300-5550012", icp="皖ICP备99000012号",
                police="皖公网安备 34990002000012号", party="D1B2C3D4E5F60718293A4B5C6D7E8F93"),
    friends=(("示例市人民政府", "http://www.shili.gov.cn/"),),
    home_note='<a href="/zhuanti/2019/index.htm">2019年教师节专题</a>　本局直属学校：堃喆学校、明瑄小学、育犇幼儿园',
    sections=(
        Section("教育要闻", "/list_11.htm", "news", newest=5, count=12, step=4, home=True),
        Section("学校动态", "/list_12.htm", "news", newest=9, step=6, home=True),
        Section("县区教育", "/list_13.htm", "news", newest=10, step=6, level=2),
        Section("通知公告", "/list_21.htm", "notice", newest=6, step=15, home=True),
        Section("招生考试", "/list_22.htm", "notice", newest=50, step=30, level=2,
                notes={1: '<p align="center"><img src="/upfile/2021/kaochang.gif" alt="考场分布图"></p>'}),
        Section("教育政策", "/list_31.htm", "policy", newest=100, step=30, home=True),
        Section("政策解读", "/list_32.htm", "interpretation", newest=120, step=30),
        Section("机构概况", "/list_41.htm", "profile", form="text"),
        Section("人事师资", "/list_51.htm", "disclosure", newest=30, step=31, level=2, update_days=90),
        Section("财务公开", "/list_52.htm", "disclosure", newest=120, count=2, step=180, level=2, update_days=365),
        Section("校园安全", "/list_61.htm", "special", newest=60, count=3, step=31, level=2),
        Section("督导评估", "/list_62.htm", "other", form="blank", level=2),
        Section("职业教育", "/list_63.htm", "other", form="blank", level=2),
        Section("民办教育", "/list_64.htm", "other", form="blank", level=2),
        Section("语言文字", "/list_65.htm", "other", form="blank", level=2),
        Section("堃喆奖学金", "/list_66.htm", "other", form="blank", level=2),
        Section("办事指南", "/list_71.htm", "services", form="text"),
    ),
)  # fmt: skip

HEALTH = Place(
    id="3499000015", host="wjw.shili.gov.cn", name="示例市卫生健康委员会", short="示例市卫生健康委", look="hanweb",
    colour="#0b7f8c", header_charset=False,
    marks=Marks(code="3499000015", organizer="示例市卫生健康委员会", contact="0300-5550015", icp="皖ICP备99000015号-2",
                police="皖公网安备 34990002000015号", party="E1B2C3D4E5F60718293A4B5C6D7E8F94"),
    friends=(("中国政府网", "http://www.gov.cn/"), ("示例市人民政府", "http://www.shili.gov.cn/")),
    elsewhere=(("咨询投诉", "http://12345.shili.gov.cn/"),), access=("长者版", "/wza/index.html"),
    extra={"/wza/index.html": ("长者版", "<p>　　长者版提供大字和语音播报，常用服务集中在一页。</p>")},
    sections=(
        Section("卫健要闻", "/col/col1101/index.html", "news", newest=2, count=12, step=2, home=True),
        Section("基层动态", "/col/col1102/index.html", "news", newest=4, step=3, home=True),
        Section("通知公告", "/col/col1201/index.html", "notice", newest=7, count=11, step=12, home=True, form="store"),
        Section("政策文件", "/col/col1301/index.html", "policy", newest=60, step=30, home=True),
        Section("政策解读", "/col/col1302/index.html", "interpretation", newest=58, step=30),
        Section("机构职能", "/col/col1401/index.html", "functions", form="text"),
        Section("疫情防控", "/col/col1501/index.html", "other", newest=1, count=5, step=2, update_days=7),
        Section("健康科普", "/col/col1502/index.html", "other", newest=26, step=20, level=2, update_days=30),
        Section("行政执法", "/col/col1601/index.html", "disclosure", newest=23, step=25, level=2, update_days=30),
        Section("人事信息", "/col/col1602/index.html", "disclosure", newest=8, step=31, level=2, update_days=30),
        Section("财政预决算", "/col/col1603/index.html", "disclosure", newest=60, count=2, step=200, level=2,
                update_days=365),
        Section("办事服务", "/col/col1701/index.html", "services", form="text"),
    ),
)  # fmt: skip

PLACES: tuple[Place, ...] = (CITY, QINGXI, SHIQIAO, EDUCATION, HEALTH)
