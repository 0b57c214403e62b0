// 趋势图照着旁边的表画：表是数据，图只是看法；没有脚本时只剩表，什么也不少。
(function () {
  "use strict";
  const table = document.getElementById("trend-table");
  const place = document.getElementById("trend-chart");
  if (!table || !place || !window.echarts || table.tBodies[0].rows.length < 2) return;

  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const rows = Array.from(table.tBodies[0].rows).reverse();
  const names = Array.from(table.querySelectorAll("th[data-series]"), (th) => th.textContent.trim());
  const first = rows[0].dataset.day;
  const last = rows[rows.length - 1].dataset.day;
  const dates = Array.from(document.querySelectorAll("#policy-dates li"), (li) => ({ day: li.dataset.day, word: li.dataset.word }))
    .filter((one) => one.day >= first && one.day <= last);
  const unit = table.dataset.unit;
  const colours = ["--series-1", "--series-2", "--series-3", "--series-4"].map(token);
  const dashes = ["solid", "dashed", "dotted", "dashed"];

  const valueAt = (row, index) => {
    const cell = row.querySelectorAll("td[data-value]")[index];
    return cell.dataset.value === "" ? null : Number(cell.dataset.value);
  };
  // 同一天的几件事写在一起；相邻的竖线一高一低，字不相叠。
  const words = new Map();
  dates.forEach((one) => words.set(one.day, (words.get(one.day) || []).concat(one.word)));
  const dueLine = {
    silent: true,
    symbol: "none",
    lineStyle: { color: token("--ink-soft"), type: "dashed" },
    label: { formatter: (mark) => mark.name, color: token("--ink-soft"), position: "end", rotate: 0 },
    data: Array.from(words, ([day, said], index) => ({ name: Array.from(new Set(said)).join("、") + "\n" + day, xAxis: day, label: { distance: index % 2 ? 34 : 4 } })),
  };
  const series = names.map((name, index) => ({
    name,
    type: "line",
    showSymbol: rows.length < 40,
    symbolSize: 6,
    connectNulls: false,
    lineStyle: { width: index === 0 ? 2.5 : 1.5, type: dashes[index % dashes.length] },
    data: rows.map((row) => [row.dataset.day, valueAt(row, index)]),
    markLine: index === 0 ? dueLine : undefined,
  }));

  place.hidden = false;
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    aria: { enabled: true },
    animation: false,
    color: colours,
    textStyle: { fontFamily: token("--font") },
    grid: { left: 56, right: 40, top: words.size ? 112 : 48, bottom: 36 },
    legend: { top: 8, type: "scroll" },
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (v) => (v == null ? "无数据" : v.toFixed(unit === "%" ? 2 : 0) + unit) },
    xAxis: { type: "time", axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", min: 0, axisLabel: { formatter: "{value}" + (unit === "%" ? "%" : "") } },
    series,
  });
  window.addEventListener("resize", () => chart.resize());
})();
