"use strict";
(() => {
  const form = document.getElementById("filters");
  const items = [...document.querySelectorAll("details.item")];
  const groups = [...document.querySelectorAll("#items .area, #items .part")];
  const suits = (item, [name, wanted]) => !wanted || wanted.split(" ").includes(item.dataset[name]);
  const apply = () => {
    const asked = [...new FormData(form)];
    for (const item of items) item.hidden = !asked.every((one) => suits(item, one));
    for (const group of groups) group.hidden = !group.querySelector("details.item:not([hidden])");
    const shown = items.filter((item) => !item.hidden).length;
    form.querySelector("output").value = `${shown} of ${items.length} items`;
  };
  const showAll = () => {
    form.reset();
    apply();
  };
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target?.closest("#items")) return;
    if (target.closest("[hidden]")) showAll();
    const item = target.closest("details.item");
    if (item) item.open = true;
    target.scrollIntoView();
  };
  form.addEventListener("change", apply);
  form.querySelector("button").addEventListener("click", showAll);
  addEventListener("hashchange", reveal);
  form.hidden = false;
  apply();
  reveal();
})();
