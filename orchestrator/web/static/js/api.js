/* The same API that programs use; what it refuses is an error whose message a person can read. */
import { t } from "./words.js";

const root = document.documentElement;

export class Refused extends Error {
  constructor(status, problems) {
    super(problems.join("\n"));
    this.status = status;
    this.problems = problems;
  }
}

/* Log in, and come back to this page. */
export function logIn() {
  const here = window.location.pathname + window.location.search;
  window.location.assign(here === "/" ? "/login" : `/login?back=${encodeURIComponent(here)}`);
}

/* JSON in, JSON out. Throws Refused; one that nobody answered has status 0. */
export async function api(method, path, body = undefined) {
  const headers = { Accept: "application/json", "Accept-Language": root.lang }; // what it refuses is read on this page
  if (method !== "GET") {
    headers["Content-Type"] = "application/json";
    if (root.dataset.csrf) headers["X-CSRF-Token"] = root.dataset.csrf;
  }
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Refused(0, [t("the service does not answer; nothing was changed, as far as this page knows")]);
  }
  if (answer.status === 401) logIn();
  const text = await answer.text();
  const read = text && (answer.headers.get("Content-Type") || "").includes("json") ? JSON.parse(text) : text;
  if (answer.ok) return read;
  throw new Refused(answer.status, read.problems?.length ? read.problems : [read.detail || answer.statusText]);
}

/* Where nobody logs in, whoever acts says who it is; the browser remembers it. Returns "" where people log in. */
export function rememberedActor() {
  if (root.dataset.needsActor !== "yes") return "";
  try {
    return localStorage.getItem("actor") || "";
  } catch {
    return "";
  }
}

export function rememberActor(name) {
  try {
    localStorage.setItem("actor", name);
  } catch {
    /* asked again next time */
  }
}

export const needsActor = root.dataset.needsActor === "yes";
