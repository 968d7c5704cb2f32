// Which neurons a target's text names: what is marked in the body and in the list of layers.

const REGION = /([a-z_][\w-]*:)?[a-z_]\w*(?:\.\w+)*(?:\[([^\]]*)\])?/gi;
const NEURONS = /neurons?\s+([\d.\s]+)/i;
const SPAN = /(channels?|pitch|pitches)\s+(?:at\s+([\d.]+)\s+width\s+([\d.]+)|([\d.]+?)(?:\.\.([\d.]+))?(?=\s*(?:,|$)))/gi;

// Layers by name, and a mark for every neuron, [neurons] of 0 and 1.
export function dreamt(text, table) {
  const names = new Set(), marks = new Uint8Array(table.units);
  for (const found of text.matchAll(REGION)) {
    const layer = table.layers.find(({ name }) => name === found[0].split("[")[0]);
    if (!layer) continue;
    names.add(layer.name);
    const single = NEURONS.exec(found[2] ?? "");
    if (single) {
      for (const run of single[1].trim().split(/\s+/)) {
        const [first, last = first] = run.split("..").map(Number);
        marks.fill(1, layer.first + first, layer.first + Math.min(last, layer.units - 1) + 1);
      }
      continue;
    }
    const { channels, pitch } = spans(found[2] ?? "", layer);
    for (let channel = channels[0]; channel <= channels[1]; channel++) {
      const row = layer.first + channel * layer.bins;
      marks.fill(1, row + pitch[0], row + pitch[1] + 1);
    }
  }
  return { names, marks };
}

// First and last channel and pitch bin of what stands in the brackets after a layer.
function spans(text, { channels, bins }) {
  const found = { channels: [0, channels - 1], pitch: [0, bins - 1] };
  for (const [, axis, at, width, first, last] of text.matchAll(SPAN)) {
    const [name, count] = axis.toLowerCase().startsWith("channel") ? ["channels", channels] : ["pitch", bins];
    if (at !== undefined) found[name] = indices(Number(at) * (1 - Number(width)), Number(at) * (1 - Number(width)) + Number(width), count);
    else if (/^\d+$/.test(first) && /^\d*$/.test(last ?? "")) found[name] = [Number(first), Number(last ?? first)];
    else found[name] = indices(Number(first), Number(last ?? first), count);
  }
  for (const [name, count] of [["channels", channels], ["pitch", bins]]) found[name] = found[name].map((at) => Math.min(Math.max(at, 0), count - 1));
  return found;
}

// From shares of an axis to its bins; at least one.
export function indices(from, to, count) {
  const first = Math.min(Math.floor(from * count + 1e-9), count - 1);
  return [first, Math.max(first, Math.min(count, Math.ceil(to * count - 1e-9)) - 1)];
}
