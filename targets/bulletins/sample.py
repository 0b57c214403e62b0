"""Made-up printed texts that a template is tried out with before it is kept."""

from __future__ import annotations

from targets.bulletins.content import Content

ROW = {
    "number": "1",
    "title": "医疗机构开设绿色通道的占比",
    "policy": "样例政发〔2017〕1号 二（二）",
    "region": "样例区",
    "value": "61.25%",
    "fraction": "49/80",
    "threshold": "≥80%",
    "word": "未达标",
    "gap": "15家",
}
# 名称里的 & 与 < 都要照原样印出来。
CANDIDATE = {
    "number": "1",
    "title": ROW["title"],
    "gap": ROW["gap"],
    "name": "样例<一>号&医院",
    "region": "样例区",
    "lacks": "绿色通道未开通缴费、取药",
}
CHART = {
    "kind": "BARS",
    "title": "各区绿色通道占比",
    "unit": "%",
    "heading": "区划",
    "series": ["占比"],
    "rows": [
        {
            "label": "样例区",
            "values": [{"text": "61.25%", "exact": "49/80"}],
            "goal": {"text": "≥80%", "exact": "4/5"},
            "word": "未达标",
            "tone": "bad",
            "at": None,
        }
    ],
    "source": "来源：量度批次 1，统计日 2020-09-30。",
    "is_ratio": True,
    "mark": "",
}
SAMPLE: Content = {
    "title": "关于医养结合工作进展情况的通报",
    "addressee": "各区人民政府",
    "copied_to": "样例市民政局",
    "issuer": "样例市卫生健康委员会",
    "region": "样例市",
    "below": "各区",
    "day": "2020年9月30日",
    "run": 1,
    "opening": [{"text": "现将有关情况通报如下。", "level": 0}],
    "sections": [
        {
            "heading": "一、总体情况",
            "parts": [
                {"text": "（一）机构", "level": 2},
                {"text": "1. 医院", "level": 3},
                {"text": "（1）综合医院", "level": 4},
                {"text": "绿色通道为61.25%（49/80），目标不低于80%。", "level": 0},
            ],
        }
    ],
    "annexes": [
        {"line": "附件：1. 指标完成情况一览表", "is_first": True},
        {"line": "2. 机构清单", "is_first": False},
        {"line": "3. 各区指标情况图", "is_first": False},
    ],
    "indicators_mark": "附件1",
    "candidates_mark": "附件2",
    "charts_mark": "附件3",
    "indicators": [ROW],
    "districts": [ROW],
    "candidates": [CANDIDATE],
    "charts": [CHART],
    "notes": [{"text": "来源：量度批次 1。"}],
    "template": 1,
}
