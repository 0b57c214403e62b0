// 选择框：按名称、拼音首字母或编码查找，选中后表单里填的仍是编码；没有脚本时就填编码。
(function () {
  "use strict";
  const PAUSE_MS = 200;

  function enhance(code, number) {
    const box = code.closest(".picker");
    const page = box.querySelector(".picker-page");
    const name = document.createElement("input");
    const list = document.createElement("ul");
    const told = document.createElement("p");
    let choices = [];
    let active = -1;
    let waiting = 0;
    let asking = null;

    name.type = "text";
    name.className = code.className;
    name.id = code.id;
    name.value = code.dataset.picked || code.value;
    name.required = code.required;
    name.placeholder = "名称、拼音首字母或编码";
    name.setAttribute("autocomplete", "off");
    name.setAttribute("role", "combobox");
    name.setAttribute("aria-autocomplete", "list");
    name.setAttribute("aria-expanded", "false");
    ["aria-describedby", "aria-invalid"].forEach((told) => {
      if (code.hasAttribute(told)) name.setAttribute(told, code.getAttribute(told));
    });
    list.id = "picker-list-" + number;
    list.className = "picker-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "查找结果");
    list.hidden = true;
    name.setAttribute("aria-controls", list.id);
    told.className = "picker-told";
    told.setAttribute("role", "status");
    code.removeAttribute("id");
    code.required = false;
    code.type = "hidden";
    page.hidden = true;
    box.prepend(name);
    box.append(list, told);
    if (code.dataset.picked) told.textContent = "编码 " + code.value;

    function close() {
      list.hidden = true;
      active = -1;
      name.setAttribute("aria-expanded", "false");
      name.removeAttribute("aria-activedescendant");
    }

    function mark(index) {
      active = index;
      Array.from(list.children).forEach((item, at) => {
        item.setAttribute("aria-selected", String(at === index));
        if (at === index) {
          item.scrollIntoView({ block: "nearest" });
          name.setAttribute("aria-activedescendant", item.id);
        }
      });
    }

    function pick(index) {
      code.value = choices[index].code;
      name.value = choices[index].name;
      told.textContent = "编码 " + choices[index].code + "，" + choices[index].note;
      close();
      code.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function line(choice, at) {
      const item = document.createElement("li");
      const note = document.createElement("span");
      item.id = list.id + "-" + at;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(choice.name);
      note.className = "picker-note";
      note.append(choice.code + "，" + choice.note);
      item.append(note);
      // 按下鼠标时输入框还不能失焦，否则列表先关了。
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => pick(at));
      return item;
    }

    function show(found) {
      choices = found.choices;
      list.replaceChildren(...choices.map(line));
      list.hidden = choices.length === 0;
      active = -1;
      name.removeAttribute("aria-activedescendant");
      name.setAttribute("aria-expanded", String(!list.hidden));
      told.textContent = choices.length
        ? choices.length + " 个结果" + (found.has_more ? "，还有更多，请写得更完整些" : "") + "；用上下键选，回车选定"
        : "没有找到；请换一个名称、拼音首字母或编码";
    }

    function ask() {
      if (asking) asking.abort();
      asking = new AbortController();
      fetch(code.dataset.picker + "&q=" + encodeURIComponent(name.value.trim()), {
        signal: asking.signal,
        credentials: "same-origin",
      })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
        .then(show)
        .catch((error) => {
          if (error.name !== "AbortError") told.textContent = "查找没有成功；可直接填编码";
        });
    }

    name.addEventListener("input", () => {
      // 还没有选定时，写的就当作编码或全称，由表单去核对。
      code.value = name.value.trim();
      told.textContent = "";
      clearTimeout(waiting);
      waiting = setTimeout(ask, PAUSE_MS);
    });
    name.addEventListener("keydown", (event) => {
      const last = choices.length - 1;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) ask();
        else if (event.key === "ArrowDown") mark(active >= last ? 0 : active + 1);
        else mark(active <= 0 ? last : active - 1);
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        if (active >= 0) pick(active);
        else if (choices.length === 1) pick(0);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    // 离开以后才到的结果不再打开列表，免得盖住下一栏。
    name.addEventListener("blur", () => {
      clearTimeout(waiting);
      if (asking) asking.abort();
      close();
    });
  }

  document.querySelectorAll("input[data-picker]").forEach(enhance);
})();
