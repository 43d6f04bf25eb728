"use strict";
(() => {
  const form = document.getElementById("filters");
  const rows = [...document.querySelectorAll(".board .service")];
  const names = new Map(rows.map((row) => [row, row.cells[0].textContent.toLowerCase()]));
  const suits = (row, asked) =>
    names.get(row).includes(asked.get("name").trim().toLowerCase()) &&
    ["verdict", "owner", "doubt"].every((one) => [row.dataset[one], ""].includes(asked.get(one)));
  const apply = () => {
    const asked = new FormData(form);
    for (const row of rows) row.hidden = !suits(row, asked);
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector("output").value = `${shown} of ${rows.length} services`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("button").addEventListener("click", () => {
    form.reset();
    apply();
  });
  form.hidden = false;
  apply();
})();
