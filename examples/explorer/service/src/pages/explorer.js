import uPlot from "uplot";

const list = document.querySelector("ol");
document.cookie = "theme=dark; SameSite=Strict";
const answer = await fetch("/api/v1/status");
const { height } = await answer.json();
for (let back = 0; back < 10; back += 1) {
  const line = document.createElement("li");
  line.textContent = `Block ${height - back}`;
  list.append(line);
}
new uPlot({ width: 600, height: 200, series: [{}, {}] }, [[0], [0]], document.body);
