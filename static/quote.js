// “复制”：点一下就把这个数的说法放进剪贴板；没有脚本、或浏览器不许时，展开来让人自己选取。
(function () {
  "use strict";
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);

  function select(text) {
    const range = document.createRange();
    range.selectNodeContents(text);
    const chosen = getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }

  function said(summary, text) {
    status.textContent = "已复制：" + text;
    summary.textContent = "已复制";
    setTimeout(() => { summary.textContent = "复制"; }, 2000);
  }

  document.addEventListener("click", (event) => {
    const summary = event.target.closest(".quote > summary");
    if (!summary) return;
    const details = summary.parentElement;
    const text = details.querySelector(".quote-text");
    if (!navigator.clipboard) {
      setTimeout(() => details.open && select(text));
      return;
    }
    event.preventDefault();
    navigator.clipboard.writeText(text.textContent).then(
      () => said(summary, text.textContent),
      () => { details.open = true; select(text); },
    );
  });
})();
