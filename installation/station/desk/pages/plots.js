// Drawings of what the dreamer tells: a picture of pitch over time, and a curve of its scores.

const STOPS = [[0, [3, 4, 7]], [0.25, [30, 26, 92]], [0.5, [40, 96, 150]], [0.72, [62, 178, 158]], [0.88, [255, 214, 90]], [1, [255, 250, 235]]];
const AGAINST = [60, 130, 255], FOR = [255, 190, 70]; // colours of a slope
const MARKS = [40, 160, 640, 2560, 10240]; // Hz

const warm = Uint8ClampedArray.from({ length: 3 * 256 }, (_, k) => {
  const at = Math.floor(k / 3) / 255, n = Math.max(1, STOPS.findIndex(([stop]) => stop >= at));
  const [[from, dark], [to, light]] = [STOPS[n - 1], STOPS[n]];
  return dark[k % 3] + (light[k % 3] - dark[k % 3]) * ((at - from) / (to - from));
});

// How a canvas is to be drawn on: its paper, and its size in the page's pixels.
function paper(canvas) {
  const density = Math.min(devicePixelRatio || 1, 2), [wide, high] = [canvas.clientWidth, canvas.clientHeight];
  const size = { width: Math.max(1, Math.round(wide * density)), height: Math.max(1, Math.round(high * density)) };
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, wide, high);
  context.font = "10px system-ui, sans-serif";
  context.fillStyle = "#8d99b5";
  return { context, wide, high };
}

// Draws [bins x frames] with the lowest pitch below: levels 0..255, or slopes -127..127.
export function pitches(canvas, values, { bins, frames }, { lowest, bins_per_octave: octave }) {
  const signed = values instanceof Int8Array, image = new ImageData(frames, bins);
  for (let bin = 0; bin < bins; bin++) {
    for (let frame = 0; frame < frames; frame++) {
      const at = 4 * ((bins - 1 - bin) * frames + frame), value = values[bin * frames + frame];
      for (let k = 0; k < 3; k++) image.data[at + k] = signed ? (value < 0 ? AGAINST : FOR)[k] * Math.min(1, (Math.abs(value) / 127) ** 0.6) : warm[3 * value + k];
      image.data[at + 3] = 255;
    }
  }
  const { context, wide, high } = paper(canvas);
  const small = new OffscreenCanvas(frames, bins);
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = high > bins;
  context.drawImage(small, 0, 0, wide, high);
  if (high < 70) return;
  for (const hertz of MARKS) {
    const y = high * (1 - (Math.log2(hertz / lowest) * octave + 0.5) / bins);
    if (y < 10 || y > high) continue;
    context.fillStyle = "#ffffff2e";
    context.fillRect(0, y, 5, 1);
    context.fillStyle = "#c6cfe4";
    context.fillText(hertz < 1000 ? hertz : `${Math.round(hertz / 1000)}k`, 7, y > high - 6 ? high - 3 : y + 3);
  }
}

// Draws the scores of the steps: those of this run bright, those of the run before faint.
export function curve(canvas, before, scores, written) {
  const { context, wide, high } = paper(canvas);
  const known = [...before, ...scores].filter((score) => score !== null);
  if (known.length < 2) return;
  let [low, top] = [Math.min(...known), Math.max(...known)];
  if (top - low < 1e-6) [low, top] = [low - 0.5, top + 0.5];
  const y = (score) => 8 + (high - 16) * (1 - (score - low) / (top - low));
  context.fillText(written(top), 4, 11);
  context.fillText(written(low), 4, high - 4);
  const start = 34, count = before.length + scores.length, x = (n) => start + ((wide - start - 6) * n) / Math.max(1, count - 1);
  for (const [values, from, colour] of [[before, 0, "#46557a"], [scores, before.length, "#5ad1c6"]]) {
    Object.assign(context, { strokeStyle: colour, lineWidth: 1.4, lineJoin: "round" });
    context.beginPath();
    let drawn = false;
    values.forEach((score, n) => {
      if (score === null) drawn = false;
      else if (drawn) context.lineTo(x(from + n), y(score));
      else context.moveTo(x(from + n), y(score));
      drawn ||= score !== null;
    });
    context.stroke();
  }
  const last = scores.findLast((score) => score !== null);
  if (last === undefined) return;
  context.fillStyle = "#d9fff8";
  context.beginPath();
  context.arc(x(count - 1), y(last), 2.5, 0, 7);
  context.fill();
}
