/* One WebSocket a page. follow("bench", heard) before the page has loaded; heard(rows, changed, gone) after each change.

   Whoever shows values asks `state.fresh`: false from the moment that nobody has said for STALE_MS that they still hold. */
import { logIn } from "./api.js";

const STALE_MS = 4000;
const AGAIN_MS = [500, 1000, 2000];
const topics = new Map();
const pulses = new Set();
export const state = { fresh: false, nowUnix_s: null, problem: null, sinceMs: Date.now() };
let socket = null;
let tries = 0;
let heardMs = Date.now();

export function follow(topic, heard) {
  const known = topics.get(topic) || { rows: new Map(), listeners: [] };
  known.listeners.push(heard);
  topics.set(topic, known);
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
  const fresh = Date.now() - heardMs < STALE_MS && state.problem === null && state.nowUnix_s !== null;
  if (fresh !== state.fresh) {
    state.fresh = fresh;
    state.sinceMs = heardMs;
    document.documentElement.classList.toggle("stale", !fresh);
  }
  for (const heard of pulses) heard(state);
}

function connect() {
  const scheme = window.location.protocol === "https:" ? "wss" : "ws";
  const query = [...topics.keys()].map((name) => `topics=${encodeURIComponent(name)}`).join("&");
  socket = new WebSocket(`${scheme}://${window.location.host}/live?${query}`);
  socket.onmessage = (event) => {
    tries = 0;
    heardMs = Date.now();
    for (const line of event.data.split("\n")) take(JSON.parse(line));
    pulse();
  };
  socket.onclose = (event) => {
    if (event.reason === "log in first") logIn();
    setTimeout(connect, AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
    pulse();
  };
}

/* A connection that hangs without a word is given up, not waited for. */
setInterval(() => {
  if (socket && socket.readyState !== WebSocket.CONNECTING && Date.now() - heardMs > 2 * STALE_MS) {
    heardMs = Date.now() - STALE_MS;
    socket.close();
  }
  pulse();
}, 1000);
window.addEventListener("load", connect);
