// Keeps the page of who is in up to date. Without it the page is looked at again by its link.
"use strict";

const page = document.querySelector("[data-live]");

if (page && "EventSource" in window) {
  const state = page.querySelector("[data-live-state]");
  const news = new EventSource(page.dataset.live);

  const say = (which) => {
    if (state.textContent !== state.dataset[which]) state.textContent = state.dataset[which];
  };

  const place = (key, [list, order, html]) => {
    const old = page.querySelector(`[data-key="${key}"]`);
    if (old) old.remove();
    const line = document.createElement("li");
    line.dataset.key = key;
    line.dataset.order = order;
    line.innerHTML = html;
    const lines = page.querySelector(`[data-list="${list}"]`);
    const after = [...lines.children].find((each) => each.dataset.order > order);
    lines.insertBefore(line, after || null);
  };

  news.addEventListener("open", () => say("open"));

  news.addEventListener("news", (event) => {
    const told = JSON.parse(event.data);
    for (const [name, html] of Object.entries(told.areas)) {
      const area = page.querySelector(`[data-area="${name}"]`);
      if (area) area.innerHTML = html;
    }
    if (told.all) page.querySelectorAll("[data-key]").forEach((line) => line.remove());
    for (const key of told.gone || []) {
      const line = page.querySelector(`[data-key="${key}"]`);
      if (line) line.remove();
    }
    for (const [key, item] of Object.entries(told.put)) place(key, item);
    for (const lines of page.querySelectorAll("[data-list]")) {
      lines.parentElement.hidden = !lines.children.length;
    }
  });

  news.addEventListener("over", () => {
    news.close();
    say("over");
  });

  // The browser tries again by itself, unless the answer was that there is nothing to see.
  news.addEventListener("error", () => say("lost"));
}
