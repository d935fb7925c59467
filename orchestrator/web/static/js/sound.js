/* A tone for a new critical alarm, made here: no file. Browsers let a page sound only after somebody has touched it. */
const BEEPS_S = [0, 0.35, 0.7];
const BEEP_S = 0.22;
const TONES_Hz = [880, 660];
const KEY = "sound";
let context = null;
let waiting = false;

function remembered() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

export const sound = { on: remembered(), blocked: false };
const listeners = new Set();

/* heard() when the sound is switched, or turns out to be blocked or not. */
export function onSound(heard) {
  listeners.add(heard);
}

function tell(blocked) {
  sound.blocked = blocked;
  for (const heard of listeners) heard(sound);
}

export function switchSound() {
  sound.on = !sound.on;
  try {
    localStorage.setItem(KEY, sound.on ? "on" : "off");
  } catch {
    /* for this page only */
  }
  if (sound.on) play();
  else tell(false);
}

function beep(startS) {
  for (const [place, frequency] of TONES_Hz.entries()) {
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    const from = startS + (place * BEEP_S) / TONES_Hz.length;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.25, from);
    volume.gain.exponentialRampToValueAtTime(0.01, from + BEEP_S / TONES_Hz.length);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + BEEP_S / TONES_Hz.length);
  }
}

/* Sounds now, or as soon as the browser lets it. */
export async function play() {
  if (!sound.on || waiting) return;
  context ??= new AudioContext();
  if (context.state !== "running") {
    waiting = true;
    tell(true);
    await context.resume(); // where it is blocked, this waits for a touch
    waiting = false;
  }
  tell(false);
  if (sound.on) for (const afterS of BEEPS_S) beep(context.currentTime + afterS);
}

for (const touch of ["pointerdown", "keydown"]) {
  document.addEventListener(touch, () => {
    if (waiting && context) context.resume();
  });
}
