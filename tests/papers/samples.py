"""Rich, realistic words for every kind of paper: what the tests measure and the README shows."""
# ruff: noqa: E501 - prose in Chinese, two columns a character

from typing import Any

from consult.kit import charts
from consult.kit.paper import sheet

CODE, ADDRESS = "7Q2M-K0ZD-94VX-1CWB", "https://shangliang.example.gov.cn/verify/7Q2M-K0ZD-94VX-1CWB/"
COMMON: dict[str, Any] = {
    "organ": "政协济南市市中区委员会办公室", "organ_full": "政协济南市市中区委员会", "date": "2026-11-24",
    "date_words": "2026年11月24日", "code": CODE, "verify_url": ADDRESS
}
ADVICE = [
    {"number": "JY-2026-0031", "version": 2, "title": "一次公开、分步到位，让居民看得见全过程",
     "problem": "加装电梯从申请到开工平均需要13个月，居民不知道卡在哪一步。",
     "text": ["建议由区住房和城乡建设局牵头，把既有住宅加装电梯的申请、公示、审查、施工、验收五个环节统一放到街道便民服务大厅和社区公告栏公开，"
              "每个环节写明经办人、联系电话和最长时限。",
              "对低层住户提出的采光、通风、噪声等意见，由街道组织“一事一议”，会上能答复的当场答复，不能答复的在10个工作日内书面答复。"],
     "basis": "《山东省既有住宅加装电梯若干规定》第九条", "lead": "区住房和城乡建设局",
     "co_departments": ["区自然资源局", "舜玉路街道办事处"], "wanted_by": "2027年3月31日"},
    {"number": "JY-2026-0032", "version": 1, "title": "分类挖潜，缓解停车难",
     "problem": "小区现有机动车1260辆，固定车位418个，缺口842个。",
     "text": ["利用小区东侧废弃锅炉房用地建设立体停车设施，可新增车位196个；与相邻单位协商错时共享车位120个，夜间18时至次日7时向居民开放。"],
     "basis": "", "lead": "舜玉路街道办事处", "co_departments": ["区城市管理局"], "wanted_by": "2027年6月30日"},
    {"number": "JY-2026-0033", "version": 1, "title": "守住消防通道这条底线",
     "problem": "3号楼、7号楼之间的消防通道长期被占。",
     "text": ["划线、立牌、装监控同步推进；由居民代表喆、堃等人组成义务巡查队，每周巡查两次，结果在公告栏公开。"],
     "basis": "《中华人民共和国消防法》第二十八条", "lead": "区消防救援大队", "co_departments": [], "wanted_by": ""}
]
ANNEXES = [
    {"title": "舜玉小区既有住宅加装电梯意愿调查汇总表", "text":
     "本表依据2026年9月入户调查结果汇总，共发放问卷612份，收回588份。\n\n| 楼号 | 户数 | 同意 | 不同意 | 未表态 |\n|---|--:|--:|--:|--:|\n"
     + "".join(f"| {n}号楼 | {30 + n} | {24 + n} | {n % 4} | {6 - n % 4} |\n" for n in range(1, 13))},
    {"title": "协商会发言摘要", "text": "## 居民代表发言\n\n1. 张某某：希望先把**资金分摊**说清楚。\n2. 李某某：一楼住户的采光要有说法。\n\n"
     "## 部门发言\n\n区住房和城乡建设局：补助资金按*每部15万元*标准执行，竣工验收后一个月内拨付。\n"}
]
BRIEFING = COMMON | {
    "kind": "briefing", "mark": "商量专报", "year": 2026, "issue_no": 3, "total_no": 27,
    "title": "关于推进舜玉小区既有住宅加装电梯和改善停车秩序的协商建议", "topic": "老旧小区加装电梯",
    "main_to": "中共济南市市中区委、市中区人民政府",
    "cc": "报：区委书记、区长，区政协主席、副主席。\n送：区委办公室，区政府办公室，区住房和城乡建设局，区自然资源局，区城市管理局，区消防救援大队，"
          "舜玉路街道办事处。\n发：各街道政协委员联络室",
    "copies": 20,
    "overview": ["2026年11月6日，区政协在舜玉路街道“商量”议事厅围绕“老旧小区加装电梯”开展协商。政协委员8名、街道干部3名、部门负责人5名、"
                 "专家2名、群众代表12名共同参加，会上提问23个，当场答复19个。",
                 "会前围绕本议题梳理群众意见136条，均已去除个人信息。"],
    "problems": ["一是办理周期长。加装电梯从申请到开工平均需要13个月，居民不知道卡在哪一步。", "二是停车缺口大。固定车位只能满足三分之一住户的需要。"],
    "recommendations": ADVICE,
    "dissent": ["部分一楼住户认为加装电梯影响采光，主张先做补偿方案再施工；多数住户认为可以边协商边推进。两种意见均已记录在案，未能达成一致。"],
    "editor": "张喆", "reviewer": "李堃", "signer": "王曌"
}
CORRECTION = BRIEFING | {
    "issue_no": 4, "total_no": 28, "corrects": "2026年第3期", "correction_reason": "原期所引车位数据有误",
    "changes": [{"part": "problems", "before": "固定车位只能满足四分之一住户的需要。", "after": "固定车位只能满足三分之一住户的需要。"},
                {"part": "advice", "before": "", "after": "（三）守住消防通道这条底线"}]
}
MOTION = BRIEFING | {
    "kind": "motion", "serial": "000012", "symbol": "市中政协发〔2026〕3号", "signer": "王曌",
    "title": "关于进一步推进老旧小区既有住宅加装电梯工作切实解决群众出行难问题的建议案",
    "main_to": "中共济南市市中区委、市中区人民政府", "cc": "区委办公室，区政府办公室，区人大常委会办公室，区住房和城乡建设局，区自然资源局",
    "contact": "张喆，0531-8207 8000", "annexes": ANNEXES, "copies": 0
}
REPORT = BRIEFING | {"kind": "report", "mark": "协商报告", "symbol": "市中政协发〔2026〕4号", "annexes": ANNEXES[:1],
                     "title": "关于老旧小区加装电梯专题协商情况的报告"}
INFORMATION = BRIEFING | {
    "kind": "information", "mark": "社情民意信息", "issue_no": 18, "total_no": 142, "title": "居民反映冬季供热管网抢修信息不畅应予重视",
    "main_to": "", "problems": [], "dissent": [], "recommendations": [ADVICE[0] | {"title": "建立抢修信息“一小时告知”制度", "problem": ""}],
    "overview": ["近期，多名居民反映老旧小区供热管网抢修时信息不畅：何时停、何时来、找谁问，楼里的老人都不清楚。"], "cc": "报：区委办公室，区政府办公室。"
}
TREND = charts.bars("各街道建议办结件数", [("舜玉路街道", 12), ("二七新村街道", 9), ("泺源街道", 7), ("大观园街道", 5)],
                    summary="舜玉路街道办结最多。")
BULLETIN = COMMON | {
    "kind": "bulletin", "issue_no": 2, "total_no": 9, "title": "关于舜玉小区加装电梯协商建议办理进展情况的通报", "main_to": "各有关部门、各街道办事处",
    "text": ["11月20日，区政协组织委员和居民代表对《商量专报》2026年第3期所提建议的办理情况开展“回头看”。现将有关情况通报如下。"],
    "facts": [{"label": "已经办成的事", "text": ["首批6部电梯已完成公示，其中4部开工，2部进入图纸审查。"]},
              {"label": "还在路上的事", "text": ["立体停车设施用地手续尚未办结，预计2027年1月底前完成。"]},
              {"label": "应办结建议", "value": 12, "unit": "件"}, {"label": "已办结建议", "value": 9, "unit": "件"},
              {"label": "居民满意度", "value": "91.7", "unit": "%"}],
    "charts": [{"asset": "chart-1", "alt": "条形图：舜玉路街道12件，二七新村街道9件，泺源街道7件，大观园街道5件",
                "caption": "图1　各街道建议办结件数"}],
    "cc": "报：区政协主席、副主席。", "editor": "张喆", "reviewer": "李堃", "signer": "王曌", "copies": 35
}
MINUTES = COMMON | {
    "kind": "minutes", "number": "第6期", "title": "舜玉小区加装电梯协商会议纪要",
    "held": "2026年11月6日下午2时，区政协在舜玉路街道“商量”议事厅召开协商会议，专题协商老旧小区加装电梯工作。现将会议情况纪要如下。",
    "text": ["会议听取了区住房和城乡建设局关于加装电梯工作的情况说明，与会人员围绕资金分摊、采光补偿、施工安全等问题进行了协商。",
             "居民代表张某某提问：补助资金何时到位。区住房和城乡建设局答复：竣工验收后一个月内拨付。"],
    "consensus": ["同意先行在3号楼、5号楼试点，成熟后推广。"], "dissent": ["关于一楼住户的补偿标准，未达成一致，另行协商。"],
    "chair": "王曌", "recorder": "张喆", "present": ["王曌", "李堃（区住房和城乡建设局副局长）", "赵瑢（舜玉路街道办事处主任）", "孙淏", "周玥",
                                            "居民代表张某某、李某某、刘某某、陈某某"],
    "excused": "吴昇", "observers": "舜玉社区党委书记郑镕", "cc": "各参会单位"
}
LETTER = COMMON | {
    "kind": "letter", "organ": "济南市市中区住房和城乡建设局", "organ_full": "济南市市中区住房和城乡建设局", "symbol": "市中住建函〔2026〕58号",
    "title": "关于“一次公开、分步到位，让居民看得见全过程”建议的答复", "main_to": "政协济南市市中区委员会",
    "text": ["贵会在《商量专报》2026年第3期中提出的建议收悉。经与区自然资源局、舜玉路街道办事处共同研究，现答复如下。",
             "一、关于公开办理环节。自2027年1月1日起，加装电梯五个环节的经办人、联系电话和最长时限在街道便民服务大厅和社区公告栏公开。",
             "二、关于低层住户意见。已会同街道建立“一事一议”机制，10个工作日内书面答复。", "感谢贵会对我们工作的关心和支持。"],
    "contact": "郑镕，0531-8207 8123", "cc": "区政府督查室"
}
BOARD: dict[str, Any] = {
    "kind": "board", "organ": "政协舜玉路街道委员联络室", "title": "老旧小区加装电梯，怎么装、谁来管？", "date_words": "2026年11月24日",
    "asked": "装电梯要多久？钱怎么分摊？一楼采光受影响怎么办？", "together": "居民代表12人、政协委员8人、部门和街道8人、专家2人",
    "outcome": ["五个办理环节全部公开，写明经办人和时限", "3号楼、5号楼先行试点", "一楼补偿标准还没有谈拢，另行协商"],
    "next": ["2027年1月1日前：公开办事环节（区住房和城乡建设局）", "2027年6月底前：新增车位196个（街道办事处）"],
    "more": ["舜玉社区居委会一楼，每周三上午接待", "电话0531-8207 8000"], "verify_url": ADDRESS
}
POSTER: dict[str, Any] = {
    "kind": "poster", "title": "舜玉片区城中村改造项目（一期）", "organ": "政协济南市市中区委员会办公室", "subdistrict": "舜玉路街道",
    "phone": "0531-8207 8000", "verify_url": "https://shangliang.example.gov.cn/say/?project=12", "address": "shangliang.example.gov.cn/say/"
}
TEXT = COMMON | {"kind": "text", "title": "关于召开协商会议的通知", "main_to": "各有关单位", "text": ["定于2026年12月1日召开协商会议，请派员参加。"],
                 "code": "", "verify_url": ""}
SURVEY: dict[str, Any] = {
    "kind": "survey", "organ": COMMON["organ"], "title": "舜玉小区加装电梯问卷（协商前）", "project": "舜玉小区", "date": "2026-11-24",
    "intro": "问卷不记名，只公布汇总结果。约需两分钟。", "until": "2026年12月10日", "numbers": ["12-0037-8", "12-0038-6"], "verify_url": ADDRESS,
    "questions": [
        {"number": 1, "text": "您家是否同意加装电梯？", "hint": "只选一项", "narrow": True, "lines": [],
         "choices": [{"number": n, "text": text} for n, text in enumerate(("同意", "不同意", "还没想好"), 1)]},
        {"number": 2, "text": "您最担心什么？", "hint": "可选多项", "narrow": False, "lines": [],
         "choices": [{"number": n, "text": text} for n, text in enumerate(("资金怎么分摊说不清楚", "一楼采光、通风受影响", "施工期间的安全和噪声"), 1)]},
        {"number": 3, "text": "您还想说什么？", "hint": "请写在横线上，请勿写姓名和电话", "choices": [], "narrow": False, "lines": [1] * 4}]
}
SAMPLES: dict[str, dict[str, Any]] = {
    "briefing": BRIEFING, "motion": MOTION, "report": REPORT, "information": INFORMATION, "bulletin": BULLETIN, "minutes": MINUTES,
    "letter": LETTER, "board": BOARD, "text": TEXT, "poster": POSTER, "survey": SURVEY
}


def assets(kind: str) -> dict[str, bytes]:
    """The pictures of a sample beside its own QR code."""
    return {"chart-1": sheet.drawing(charts.svg(TREND, "zh-hans"))} if kind == "bulletin" else {}
