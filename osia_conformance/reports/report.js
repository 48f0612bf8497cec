"use strict";
(() => {
  const table = document.getElementById("matrix");
  if (!table) return;
  const items = Array.from(table.querySelectorAll("tbody.item"));
  const search = document.getElementById("f-text");
  const shown = document.getElementById("shown");
  const form = document.getElementById("filters");

  const count = () => {
    const visible = items.filter((item) => item.offsetParent !== null || item.getClientRects().length).length;
    shown.textContent = `${visible} of ${items.length} requirements shown`;
  };
  const find = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      const text = item.rows[0].textContent.toLowerCase();
      item.classList.toggle("unmatched", !words.every((word) => text.includes(word)));
    }
    count();
  };
  const open = () => {
    const item = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = item && item.matches("tbody.item") && item.querySelector("details");
    if (details) details.open = true;
  };

  search.closest("label").hidden = false;
  search.addEventListener("input", find);
  form.addEventListener("change", count);
  form.addEventListener("reset", () => setTimeout(find));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", open);

  const compare = (key, down) => (a, b) => {
    const [x, y] = [a.dataset[key], b.dataset[key]];
    const order = key === "seconds" || key === "outcome" || key === "level" ? x - y : x.localeCompare(y);
    return (down ? -order : order) || a.id.localeCompare(b.id);
  };
  for (const head of table.tHead.rows[0].cells) {
    const key = head.dataset.key;
    if (!key) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      table.append(...items.sort(compare(key, down)));
    });
    const printed = document.createElement("span");
    printed.className = "printed";
    printed.textContent = head.textContent;
    head.replaceChildren(button, printed);
  }
  find();
  open();
})();
