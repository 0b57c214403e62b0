// 床位走势照着下面的表画：表是数据，图只是看法；没有脚本时只剩表，什么也不少。
(function () {
  "use strict";
  const table = document.getElementById("beds-table");
  const place = document.getElementById("beds-chart");
  if (!table || !place || !window.echarts || table.tBodies[0].rows.length < 2) return;

  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const lines = new Map();
  const add = (name, row, value) => {
    if (!lines.has(name)) lines.set(name, []);
    lines.get(name).push([row.dataset.day, Number(value)]);
  };
  Array.from(table.tBodies[0].rows).reverse().forEach((row) => {
    add(row.dataset.series + "总数", row, row.dataset.total);
    add(row.dataset.series + "护理型", row, row.dataset.care);
  });
  const dashes = ["solid", "dashed", "dotted"];

  place.hidden = false;
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    aria: { enabled: true },
    animation: false,
    color: [token("--brand"), "#b45f06", "#4d7c3f", "#7a5195"],
    textStyle: { fontFamily: token("--font") },
    grid: { left: 48, right: 24, top: 40, bottom: 28 },
    legend: { top: 4, type: "scroll" },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "time", axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", min: 0, minInterval: 1 },
    series: Array.from(lines, ([name, data], index) => ({
      name,
      data,
      type: "line",
      symbolSize: 6,
      lineStyle: { type: dashes[index % dashes.length] },
    })),
  });
  window.addEventListener("resize", () => chart.resize());
})();
