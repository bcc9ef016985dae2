"use strict";
// The answers are saved as a file on this computer; nothing is sent anywhere.
document.getElementById("form").addEventListener("submit", function (event) {
  event.preventDefault();
  const form = event.target, answers = {};
  let given = 0;
  for (const group of form.querySelectorAll("fieldset")) {
    const chosen = group.querySelector("input:checked");
    const number = chosen && chosen.value ? Number(chosen.value) : null;
    answers[group.dataset.item] = number;
    given += chosen ? 1 : 0;
  }
  const said = document.getElementById("said"), all = Object.keys(answers).length;
  if (given < all && !form.dataset.again) {
    form.dataset.again = "yes";
    said.textContent = (all - given) + " of " + all + " are open. Answer them, or save again to leave them out.";
    for (const group of form.querySelectorAll("fieldset")) {
      if (!group.querySelector("input:checked")) { group.querySelector("input").focus(); break; }
    }
    return;
  }
  const sheet = {
    schema: form.dataset.schema, instrument: form.dataset.instrument,
    version: Number(form.dataset.version), unit: form.elements.unit.value.trim(), answers: answers
  };
  const letters = Array.from(crypto.getRandomValues(new Uint8Array(6)), b => (b % 36).toString(36));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(sheet, null, 1) + "\n"], { type: "application/json" }));
  link.download = "answers-" + letters.join("") + ".json";
  link.click();
  said.textContent = "Saved as " + link.download + ". Hand that file to whoever collects the answers.";
});
