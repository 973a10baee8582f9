// Makes the page quicker to use; everything works without it.
"use strict";

// A form is sent once, and a change that cannot be taken back is asked about.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter && event.submitter.dataset.confirm;
  if (form.dataset.sent || (question && !window.confirm(question))) {
    event.preventDefault();
    return;
  }
  if ("once" in form.dataset) {
    form.dataset.sent = "yes";
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  }
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

// Rows are narrowed while a number is typed, by the rule of the server: a part of the number, without its sign and spaces.
const plain = (number) => number.replace(/[№\s]/g, "").toLowerCase();
const field = document.querySelector("[data-filters]");
const rows = document.querySelectorAll("[data-rows] tbody tr");
if (field) {
  field.addEventListener("input", () => {
    const typed = plain(field.value);
    rows.forEach((row) => {
      row.hidden = !plain(row.dataset.number).includes(typed);
    });
  });
}

// On a phone the tab that is open may lie outside the row of tabs, and the chosen period outside its own.
document.querySelectorAll(".tabs [aria-current], .spans [aria-current]").forEach((link) => {
  const row = link.closest("ul");
  row.scrollLeft = link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
});

// What can be copied shows its button.
document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy));
});

// While something is being made, the page looks again, a few times.
const LOOKS_MAX = 12;
const EVERY_MS = 5000;
if (document.querySelector("[data-made]")) {
  const key = "looks " + location.pathname + location.search;
  const looks = Number(sessionStorage.getItem(key) || 0);
  if (looks < LOOKS_MAX && !document.querySelector("details[open]")) {
    setTimeout(() => {
      sessionStorage.setItem(key, String(looks + 1));
      location.reload();
    }, EVERY_MS);
  }
}
