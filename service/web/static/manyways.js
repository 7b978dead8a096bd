// Extras only: every page works without this file.
"use strict";

// A reader who made a mistake is taken to what to put right, also where autofocus is not obeyed.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

// "Leave this page fast" is a plain link; here it also takes this page out of the Back button.
const leave = document.querySelector("[data-leave]");
if (leave) {
  leave.addEventListener("click", (event) => {
    event.preventDefault();
    document.documentElement.hidden = true;
    window.location.replace(leave.href);
  });
}

// Paper: a button that prints is shown only where it can work.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
