"use strict";
(() => {
  const table = document.getElementById("matrix");
  if (!table) return;
  const items = Array.from(table.querySelectorAll("tbody.item"));
  const search = document.getElementById("f-text");
  const shown = document.getElementById("shown");
  const form = document.getElementById("filters");
  const every = document.getElementById("f-every");
  const operation = document.getElementById("f-operation");
  const boxes = Array.from(form.querySelectorAll("input[type=checkbox]"));

  const count = () => {
    const visible = items.filter((item) => item.getClientRects().length).length;
    const hint = visible ? "" : "Tick an outcome to list its requirements: ";
    shown.textContent = `${hint}${visible} of ${items.length} requirements shown`;
  };
  const find = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      const text = item.rows[0].textContent.toLowerCase();
      item.classList.toggle("unmatched", !words.every((word) => text.includes(word)));
    }
    count();
  };

  // The address holds what differs from the first view, so that it can be sent to others.
  const keep = () => {
    const query = new URLSearchParams();
    const show = boxes.filter((box) => box.checked && !box.defaultChecked).map((box) => box.id.slice(2));
    const hide = boxes.filter((box) => !box.checked && box.defaultChecked).map((box) => box.id.slice(2));
    if (show.length) query.set("show", show.join("."));
    if (hide.length) query.set("hide", hide.join("."));
    if (operation.selectedIndex > 0) query.set("operation", operation.value);
    if (search.value) query.set("search", search.value);
    try {
      history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
    } catch {
      // A browser that lets no file change its address keeps no filters; they work all the same.
    }
  };
  const restore = () => {
    const query = new URLSearchParams(location.search);
    const named = (key) => (query.get(key) || "").split(".");
    for (const box of boxes) {
      const name = box.id.slice(2);
      if (named("show").includes(name)) box.checked = true;
      if (named("hide").includes(name)) box.checked = false;
    }
    const wanted = Array.from(operation.options).findIndex((option) => option.value === query.get("operation"));
    if (wanted > 0) operation.selectedIndex = wanted;
    search.value = query.get("search") || "";
  };
  const update = () => {
    find();
    keep();
  };

  const open = () => {
    const item = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!item) return;
    const details = item.matches("details") ? item : item.matches("tbody.item") && item.querySelector("details");
    if (details) details.open = true;
    count();
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };
  for (const source of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      button.textContent = (await copy(source.textContent)) ? "Copied" : "Not copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    source.after(button);
  }

  search.closest("label").hidden = false;
  every.hidden = false;
  search.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("reset", () => setTimeout(update));
  form.addEventListener("submit", (event) => event.preventDefault());
  every.addEventListener("click", () => {
    for (const box of boxes) box.checked = true;
    operation.selectedIndex = 0;
    search.value = "";
    update();
  });
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
    head.replaceChildren(button);
  }
  restore();
  find();
  open();
})();
