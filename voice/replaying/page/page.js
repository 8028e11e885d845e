/* A picture too large to be read in the page's width is shown as it is, scrolled to where the call parted. */
function chart(drawn) {
  const [box, button, picture] = [$(".chart", drawn), $(".resize", drawn), $("svg", drawn)];
  if (drawn.dataset.ready || !picture.clientWidth) return;
  drawn.dataset.ready = "yes";
  const turn = (full) => {
    box.classList.toggle("full", full);
    button.textContent = full ? "Fit to the page" : "Full size";
    const step = $("[data-parts]", picture) || $(".visit", picture);
    if (!full || !step) return;
    const [place, frame] = [step.getBoundingClientRect(), box.getBoundingClientRect()];
    box.scrollLeft += place.left + place.width / 2 - frame.left - frame.width / 2;
    box.scrollTop += place.top - frame.top - frame.height / 3;
  };
  const shrunk = picture.clientWidth / picture.viewBox.baseVal.width;
  button.hidden = shrunk > 0.95;
  button.addEventListener("click", () => turn(!box.classList.contains("full")));
  turn(shrunk < 0.6);
}

function charts(section) {
  for (const drawn of $$(".drawn", section)) chart(drawn);
  for (const folded of $$(".whole", section)) folded.addEventListener("toggle", () => $$(".drawn", folded).forEach(chart));
}

const players = new Map();
const several = () => document.body.classList.contains("several");

/* The call or the turn that the address names; else the list of all. */
function route() {
  const name = decodeURIComponent(location.hash.slice(1));
  const target = name ? document.getElementById(name) : null;
  const section = target ? target.closest("section.call") : several() ? null : $("section.call");
  for (const one of $$("section.call")) {
    one.classList.toggle("open", one === section);
    const player = players.get(one);
    if (one !== section && player && player.audio) player.audio.pause();
  }
  document.body.classList.toggle("call-open", several() && section !== null);
  if (section && !section.dataset.ready) {
    section.dataset.ready = "yes";
    if ($(".player", section)) players.set(section, new Player(section));
    charts(section);
  }
  if (section && several()) neighbours(section);
  for (let fold = target; fold; fold = fold.parentElement) if (fold.tagName === "DETAILS") fold.open = true;
  if (target && target !== section) target.scrollIntoView({ block: "start" });
  else if (several()) scrollTo(0, section ? 0 : list.at);
}

document.addEventListener("DOMContentLoaded", () => {
  if (several()) choose();
  route();
  addEventListener("hashchange", route);
  const redraw = () => players.forEach((player) => player.draw());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", () => {
    root.classList.add("printing");
    for (const folded of $$("section.call.open details:not(.whole)")) folded.open = true;
    players.forEach((player) => { player.before = player.zoom; player.setZoom(1, 0); });
  });
  addEventListener("afterprint", () => {
    root.classList.remove("printing");
    players.forEach((player) => player.setZoom(player.before || 1, player.at));
  });
  root.dataset.turns = String($$(".turn").length);
  root.dataset.ready = "yes";
});
