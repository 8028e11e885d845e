"use strict";

const root = document.documentElement;
const failures = [];
addEventListener("error", (event) => {
  failures.push(String(event.message));
  root.dataset.errors = failures.join("; ");
});
root.classList.add("js");

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
const clock = (seconds) => {
  const tenths = Math.max(0, Math.round(seconds * 10));
  const two = (value) => String(value).padStart(2, "0");
  const minutes = Math.floor(tenths / 600);
  const hours = minutes >= 60 ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}` : `${minutes}`;
  return `${hours}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
};
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

/* Words stand at their place from here on: fewer pixels a second, and they would not be readable. */
const CLOSE = 85;
const CLOSEST = 400;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

class Player {
  constructor(section) {
    this.section = section;
    this.box = $(".player", section);
    this.scroll = $(".scroll", this.box);
    this.wide = $(".wide", this.box);
    this.canvas = $("canvas", this.box);
    this.cursor = $(".cursor", this.box);
    this.readout = $(".now", this.box);
    this.audio = $("audio", this.box);
    this.seconds = Number(this.box.dataset.seconds);
    this.caller = bytes(this.box.dataset.caller);
    this.agent = bytes(this.box.dataset.agent);
    this.loudest = Math.max(40, ...[this.caller, this.agent].map((row) => row.reduce((a, b) => Math.max(a, b), 0)));
    this.marks = JSON.parse(this.box.dataset.marks);
    this.turns = $$(".turn", section);
    this.timed = this.turns.filter((turn) => turn.dataset.from);
    this.spans = $$(".span", this.box);
    this.at = 0;
    this.until = null;
    this.zoom = 1;
    if (this.audio) this.carry();
    this.listen();
    this.setZoom(Math.max(1, this.seconds / 150), 0);
    this.show(0);
    new ResizeObserver(() => this.setZoom(this.zoom, this.at)).observe(this.scroll);
  }

  /* From a blob every browser can seek. */
  carry() {
    const data = this.audio.getAttribute("src").split(",")[1];
    this.audio.src = URL.createObjectURL(new Blob([bytes(data)], { type: "audio/mpeg" }));
    this.audio.addEventListener("play", () => this.run());
    this.audio.addEventListener("seeking", () => this.show(this.audio.currentTime));
    this.audio.addEventListener("timeupdate", () => this.show(this.audio.currentTime));
  }

  listen() {
    this.wide.addEventListener("click", (event) => {
      const frame = this.wide.getBoundingClientRect();
      this.seek(((event.clientX - frame.left) / frame.width) * this.seconds);
    });
    this.wide.addEventListener("mousemove", (event) => this.hint(event));
    this.scroll.addEventListener("scroll", () => this.draw());
    this.scroll.addEventListener("keydown", (event) => this.key(event));
    for (const button of $$("[data-zoom]", this.box)) {
      const factors = { in: 1.6, out: 1 / 1.6, fit: 0 };
      button.addEventListener("click", () => this.setZoom(this.zoom * factors[button.dataset.zoom], this.at));
    }
    for (const turn of this.timed) {
      turn.addEventListener("click", (event) => {
        if (event.target.closest("a") || String(getSelection())) return;
        this.play(Number(turn.dataset.from), Number(turn.dataset.to));
      });
    }
  }

  key(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageDown: 10, PageUp: -10 };
    const ends = { Home: 0, End: this.seconds };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) this.seek(this.at + moves[event.key]);
    else if (event.key in ends) this.seek(ends[event.key]);
    else if (event.key === "+" || event.key === "=") this.setZoom(this.zoom * 1.6, this.at);
    else if (event.key === "-") this.setZoom(this.zoom / 1.6, this.at);
    else if (event.key === " " || event.key === "Enter") this.toggle();
    else return;
    event.preventDefault();
  }

  toggle() {
    if (!this.audio) return;
    this.until = null;
    if (this.audio.paused) this.audio.play();
    else this.audio.pause();
  }

  seek(seconds) {
    this.until = null;
    const to = clamp(seconds, 0, this.seconds);
    if (this.audio) this.audio.currentTime = to;
    this.show(to);
    this.follow();
  }

  /* A stretch, and then silence. */
  play(from, until) {
    this.seek(from);
    if (!this.audio) return;
    this.until = until;
    this.audio.play();
  }

  run() {
    const step = () => {
      if (this.audio.paused) return;
      if (this.until !== null && this.audio.currentTime >= this.until) {
        this.audio.pause();
        this.until = null;
      }
      this.show(this.audio.currentTime);
      this.follow();
      requestAnimationFrame(step);
    };
    step();
  }

  show(seconds) {
    this.at = seconds;
    this.cursor.style.left = `${(seconds / this.seconds) * 100}%`;
    this.readout.textContent = clock(seconds);
    this.scroll.setAttribute("aria-valuenow", seconds.toFixed(1));
    this.scroll.setAttribute("aria-valuetext", clock(seconds));
    const here = this.timed.findLast((turn) => Number(turn.dataset.from) <= seconds + 0.005);
    if (here === this.here) return;
    this.here = here;
    for (const turn of this.turns) turn.classList.toggle("on", turn === here && seconds > 0);
    for (const span of this.spans) {
      span.classList.toggle("on", seconds > 0 && here !== undefined && span.dataset.turn === here.dataset.turn);
    }
  }

  /* Keeps the cursor in sight. */
  follow() {
    const x = (this.at / this.seconds) * this.wide.clientWidth;
    const room = this.scroll.clientWidth;
    const inside = x - this.scroll.scrollLeft;
    if (inside < 0 || inside > room * 0.95) this.scroll.scrollLeft = x - room * 0.2;
  }

  setZoom(wanted, around) {
    const room = this.scroll.clientWidth;
    if (!room) return;
    const most = Math.max(1, (CLOSEST * this.seconds) / room);
    const before = (around / this.seconds) * this.wide.clientWidth - this.scroll.scrollLeft;
    this.zoom = clamp(wanted, 1, most);
    this.wide.style.width = `${this.zoom * 100}%`;
    this.box.classList.toggle("close", (room * this.zoom) / this.seconds >= CLOSE);
    const place = before >= 0 && before <= room ? before : room / 2;
    this.scroll.scrollLeft = (around / this.seconds) * this.wide.clientWidth - place;
    this.draw();
  }

  hint(event) {
    const frame = this.wide.getBoundingClientRect();
    const at = ((event.clientX - frame.left) / frame.width) * this.seconds;
    const near = (6 / frame.width) * this.seconds;
    const mark = this.marks.find(([when]) => Math.abs(when - at) < near);
    this.wide.title = mark ? `${clock(at)} · mark ${mark[1]}` : clock(at);
  }

  /* Only what is in sight: a canvas cannot be as wide as an hour. */
  draw() {
    const width = this.scroll.clientWidth;
    const height = 180;
    if (!width) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    this.canvas.style.width = `${width}px`;
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    const perPixel = this.seconds / this.wide.clientWidth;
    const from = this.scroll.scrollLeft * perPixel;
    this.ruler(pen, width, from, perPixel);
    const drawn = this.row(pen, this.caller, 62, colour("--caller"), width, from, perPixel);
    this.row(pen, this.agent, 118, colour("--agent"), width, from, perPixel);
    pen.fillStyle = colour("--soft");
    for (const [at] of this.marks) {
      const x = (at - from) / perPixel;
      if (x >= 0 && x <= width) pen.fillRect(x, 168, 1, 7);
    }
    this.canvas.dataset.columns = drawn;
  }

  ruler(pen, width, from, perPixel) {
    const step = STEPS.find((one) => one / perPixel >= 70) || 3600;
    pen.font = "11px system-ui, sans-serif";
    for (let tick = Math.floor(from / step) * step; tick <= from + width * perPixel; tick += step) {
      const x = (tick - from) / perPixel;
      pen.fillStyle = colour("--line");
      pen.fillRect(x, 0, 1, 165);
      pen.fillStyle = colour("--soft");
      pen.fillText(step < 1 ? clock(tick) : clock(tick).slice(0, -2), x + 4, 12);
    }
  }

  /* The louder a sound, the less its peak still grows: soft voices stay visible. Gives the columns with sound. */
  row(pen, peaks, middle, ink, width, from, perPixel) {
    pen.fillStyle = ink;
    const perSecond = peaks.length / this.seconds;
    let drawn = 0;
    for (let x = 0; x < width; x += 1) {
      const first = Math.floor((from + x * perPixel) * perSecond);
      const last = Math.max(first + 1, Math.floor((from + (x + 1) * perPixel) * perSecond));
      let peak = 0;
      for (let place = first; place < last && place < peaks.length; place += 1) peak = Math.max(peak, peaks[place]);
      const half = Math.max(0.5, (peak / this.loudest) ** 0.8 * 26);
      pen.fillRect(x, middle - half, 1, 2 * half);
      if (peak > 2) drawn += 1;
    }
    return drawn;
  }
}
