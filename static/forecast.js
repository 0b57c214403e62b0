// 预测图照着旁边的表画成台阶：表是数据，图只是看法；没有脚本时只剩表，什么也不少。
(function () {
  "use strict";
  const table = document.getElementById("forecast-table");
  const place = document.getElementById("forecast-chart");
  if (!table || !place || !window.echarts) return;

  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const number = (text) => (text === "" ? null : Number(text));
  const unit = table.dataset.unit;
  const points = Array.from(table.tBodies[0].rows, (row) => [row.dataset.day, number(row.dataset.value)]);
  const last = points[points.length - 1];
  if (last[0] < table.dataset.until) points.push([table.dataset.until, last[1]]);

  const threshold = number(table.dataset.threshold);
  const goalLine = {
    silent: true,
    symbol: "none",
    lineStyle: { color: token("--ink-soft"), type: "dashed" },
    label: { formatter: table.dataset.thresholdText, color: token("--ink-soft"), position: "insideEndTop" },
    data: [{ yAxis: threshold }],
  };

  place.hidden = false;
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    aria: { enabled: true },
    animation: false,
    color: [token("--brand")],
    textStyle: { fontFamily: token("--font") },
    grid: { left: 56, right: 32, top: 32, bottom: 36 },
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (v) => (v == null ? "无数据" : v.toFixed(unit === "%" ? 2 : 0) + unit) },
    xAxis: { type: "time" },
    yAxis: { type: "value", min: 0, axisLabel: { formatter: "{value}" + (unit === "%" ? "%" : "") } },
    series: [{ name: "若都不续", type: "line", step: "end", showSymbol: false, data: points, markLine: threshold === null ? undefined : goalLine }],
  });
  window.addEventListener("resize", () => chart.resize());
})();
