// How a fader's way runs through a parameter's range, and how its numbers are written and read.

const DIGITS = 4;

export function share({ low, high, curve }, value) {
  const at = Math.min(Math.max(value, low), high);
  return curve === "log" ? Math.log(at / low) / Math.log(high / low) : (at - low) / (high - low);
}

export function valued(entry, at) {
  const { low, high, curve } = entry, along = Math.min(Math.max(at, 0), 1);
  return clamped(entry, curve === "log" ? low * (high / low) ** along : low + along * (high - low));
}

export function clamped({ low, high, curve }, value) {
  const at = Math.min(Math.max(value, low), high);
  return curve === "whole" || curve === "switch" ? Math.round(at) : at;
}

// How far an arrow key moves, as a share of the way.
export function step({ low, high, curve }, fine) {
  return curve === "whole" ? 1 / (high - low) : fine ? 0.001 : 0.01;
}

export function written(value) {
  const at = Number(value.toPrecision(DIGITS));
  return Math.abs(at) < 1e-9 ? "0" : String(at);
}

// The number that a person wrote, with a point or a comma, within the range; null for none.
export function readIn(entry, text) {
  const value = Number(text.trim().replace(",", ".").replace("−", "-"));
  return text.trim() === "" || !Number.isFinite(value) ? null : clamped(entry, value);
}
