/* One WebSocket a page. follow("bench", heard) before the page has loaded; heard(rows, changed, gone) after each change.

   Whoever shows values asks `state.lost`: true from the moment that nobody has said for STALE_MS that they still hold.
   `state.fresh` is what it was before anybody could have said so: false until the first word. */
import { logIn } from "./api.js";

const STALE_MS = 4000;
const AGAIN_MS = [500, 1000, 2000];
const topics = new Map();
const pulses = new Set();
export const state = { fresh: false, lost: false, nowUnix_s: null, problem: null, sinceMs: Date.now() };
let socket = null;
let tries = 0;
let heardMs = Date.now();
let triedMs = Date.now();
let nowChangedMs = Date.now();

export function follow(topic, heard) {
  const known = topics.get(topic) || { rows: new Map(), listeners: [] };
  known.listeners.push(heard);
  topics.set(topic, known);
  if (known.listeners.length === 1 && socket) socket.close(); // comes back with this topic, too
}

/* Lab time at this moment, for ages that tick by themselves; null before the first word. Where the lab's clock is told
   to stand still (nobody drives a virtual lab), ages go on: a value does not stay young because nobody looks at it. */
export function labNow() {
  return state.nowUnix_s === null ? null : state.nowUnix_s + (Date.now() - nowChangedMs) / 1000;
}

/* heard() every second, and whenever it turns out that nobody is there. */
export function onPulse(heard) {
  pulses.add(heard);
}

function take(message) {
  if (message.problem !== undefined) {
    state.problem = message.problem;
    return;
  }
  if (message.topic === undefined) {
    if (state.nowUnix_s !== message.now_unix_s) nowChangedMs = Date.now();
    state.nowUnix_s = message.now_unix_s;
    state.problem = null;
    return;
  }
  const known = topics.get(message.topic);
  if (known === undefined) return;
  const gone = message.whole ? [...known.rows.keys()].filter((key) => !(key in message.changed)) : message.gone;
  for (const key of gone) known.rows.delete(key);
  for (const [key, fields] of Object.entries(message.changed)) {
    known.rows.set(key, message.whole ? fields : { ...known.rows.get(key), ...fields });
  }
  for (const heard of known.listeners) heard(known.rows, Object.keys(message.changed), gone);
}

function pulse() {
  const heard = Date.now() - heardMs < STALE_MS && state.problem === null;
  const fresh = heard && state.nowUnix_s !== null;
  if (fresh !== state.fresh) state.sinceMs = heardMs;
  state.fresh = fresh;
  state.lost = !heard;
  document.documentElement.classList.toggle("stale", state.lost);
  for (const tell of pulses) tell(state);
}

/* A handshake that is refused tells the page nothing: whether it is for want of a login is asked. */
async function askWhetherLoggedIn() {
  try {
    if ((await fetch("/api/v1/session")).status === 401) logIn();
  } catch {
    /* nobody there: tried again anyhow */
  }
}

function connect() {
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const query = [...topics.keys()].map((name) => `topics=${encodeURIComponent(name)}`).join("&");
  let opened = false;
  triedMs = Date.now();
  socket = new WebSocket(`${scheme}://${window.location.host}/live?${query}&language=${document.documentElement.lang}`);
  socket.onmessage = (event) => {
    opened = true;
    tries = 0;
    heardMs = Date.now();
    for (const line of event.data.split("\n")) take(JSON.parse(line));
    pulse();
  };
  socket.onclose = (event) => {
    if (event.reason === "log in first") logIn();
    else if (!opened) askWhetherLoggedIn();
    setTimeout(connect, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
    pulse();
  };
}

/* A connection that hangs without a word is given up, not waited for. */
setInterval(() => {
  if (socket && Date.now() - Math.max(heardMs, triedMs) > 2 * STALE_MS) {
    triedMs = Date.now();
    socket.close();
  }
  pulse();
}, 1000);

/* Modules that wait for the words of another language may begin after the page has loaded; all of them follow first. */
if (document.readyState === "complete") setTimeout(connect);
else window.addEventListener("load", () => setTimeout(connect));
