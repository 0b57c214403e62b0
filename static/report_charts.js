// 报表走势照着下面的表画：表是数据，图只是看法；没有脚本时只剩表，什么也不少。
(function () {
  "use strict";
  if (!window.echarts) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const dashes = ["solid", "dashed", "dotted"];

  // 单元格说自己属于哪条线（data-line）、多少（data-value）；同名的连成一条，没有数的断开。
  const linesOf = (table) => {
    const lines = new Map();
    Array.from(table.tBodies[0].rows).reverse().forEach((row) => {
      row.querySelectorAll("td[data-line]").forEach((cell) => {
        const points = lines.get(cell.dataset.line) || [];
        points.push([row.dataset.day, cell.dataset.value === "" ? null : Number(cell.dataset.value)]);
        lines.set(cell.dataset.line, points);
      });
    });
    return lines;
  };

  document.querySelectorAll("table[data-chart]").forEach((table) => {
    const place = document.getElementById(table.dataset.chart);
    const unit = table.dataset.unit || "";
    const lines = linesOf(table);
    const known = (points) => points.filter((point) => point[1] !== null).length;
    if (!place || !Array.from(lines.values()).some((points) => known(points) > 1)) return;
    place.hidden = false;
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption({
      aria: { enabled: true },
      animation: false,
      color: ["--series-1", "--series-2", "--series-3", "--series-4"].map(token),
      textStyle: { fontFamily: token("--font") },
      grid: { left: 56, right: 24, top: 40, bottom: 28 },
      legend: { top: 4, type: "scroll" },
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (v) => (v == null ? "无数据" : v + unit) },
      xAxis: { type: "time", axisLabel: { hideOverlap: true } },
      yAxis: { type: "value", min: 0, minInterval: 1, axisLabel: { formatter: "{value}" + unit } },
      series: Array.from(lines, ([name, data], index) => ({
        name,
        data,
        type: "line",
        symbolSize: 6,
        connectNulls: false,
        lineStyle: { type: dashes[index % dashes.length] },
      })),
    });
    window.addEventListener("resize", () => chart.resize());
  });
})();
