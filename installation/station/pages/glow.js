// The light of all neurons, drawn by the graphics card.

// Linear light of neurons, from the first layer to the last, evenly apart.
export const HUES = [[0.02, 0.14, 1.0], [0.01, 0.4, 1.0], [0.02, 0.68, 0.55], [0.38, 0.78, 0.12], [1.0, 0.7, 0.03]];

// The same for vertex shaders: vec3 hue(float at), at 0..4.
const vec3 = (hue) => `vec3(${hue.map((light) => light.toFixed(3)).join(", ")})`;
export const HUE = `
vec3 hue(float at) {
  vec3 colour = ${vec3(HUES[0])};
  ${HUES.slice(1).map((hue, n) => `colour = mix(colour, ${vec3(hue)}, clamp(at - ${n}.0, 0.0, 1.0));`).join("\n  ")}
  return colour;
}`;

const VERTEX = `
attribute vec2 place;
attribute float depth;  // of the neuron's layer, 0 first .. 1 last
attribute float light;  // 0..1
uniform vec4 view;      // middle, scale to clip space
uniform float size;     // pixels of a neuron at rest
uniform float dim;      // of all light, where neurons are drawn larger than there is room for
uniform float chosen;   // depth of the layer that a visitor has touched; -1 none
varying vec3 shine;

${HUE}
void main() {
  float mine = abs(depth - chosen) < 0.001 ? 1.0 : 0.0;
  shine = dim * sqrt((hue(4.0 * depth) + 0.12 * mine) * (0.09 + 0.08 * mine + light * (1.0 + 0.3 * mine)));
  gl_Position = vec4((place - view.xy) * view.zw, 0.0, 1.0);
  gl_PointSize = size * (1.0 + 1.5 * light + 0.4 * mine);
}`;

const LEAST = 2.5; // pixels: what is smaller flickers when it is scaled

const FRAGMENT = `
precision mediump float;
varying vec3 shine;
void main() {
  float near = max(0.0, 1.0 - 2.0 * length(gl_PointCoord - 0.5));
  gl_FragColor = vec4(shine * near * (0.35 + near), 1.0);
}`;

export class Glow {
  constructor(canvas, body) {
    const gl = canvas.getContext("webgl", { alpha: false, antialias: false, depth: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL");
    Object.assign(this, { gl, canvas, body, density: Math.min(devicePixelRatio || 1, 2) });
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.begin());
    this.begin();
  }

  begin() {
    const { gl, body } = this;
    const program = linked(gl, VERTEX, FRAGMENT);
    this.at = Object.fromEntries(["view", "size", "dim", "chosen"].map((name) => [name, gl.getUniformLocation(program, name)]));
    const depths = new Float32Array(body.units.length);
    body.counts.forEach((count, layer) => depths.fill(body.depth(layer), body.starts[layer], body.starts[layer] + count));
    for (const [name, values, size] of [["place", body.places, 2], ["depth", depths, 1]]) {
      attribute(gl, program, name, size, gl.FLOAT, false);
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    }
    attribute(gl, program, "light", 1, gl.UNSIGNED_BYTE, true); // stays bound: it changes with every picture
    gl.bufferData(gl.ARRAY_BUFFER, body.units.length, gl.DYNAMIC_DRAW);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.clearColor(0.02, 0.024, 0.04, 1);
  }

  // light: 0..255 of every neuron; layer: the one that was touched, or -1
  draw(light, layer) {
    const { gl, body, canvas } = this;
    if (gl.isContextLost()) return;
    const [wide, high] = [Math.round(body.width * this.density), Math.round(body.height * this.density)];
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    const scale = body.scale * this.density;
    gl.viewport(0, 0, wide, high);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, light);
    gl.uniform4f(this.at.view, body.middle[0], body.middle[1], (2 * scale) / wide, (2 * scale) / high);
    const room = (scale * 1.5) / Math.sqrt(body.units.length); // pixels that a neuron has, more or less
    const size = Math.max(LEAST, room);
    gl.uniform1f(this.at.size, size);
    gl.uniform1f(this.at.dim, Math.min(1, (room / size) ** 1.5));
    gl.uniform1f(this.at.chosen, layer < 0 ? -1 : body.depth(layer));
    gl.drawArrays(gl.POINTS, 0, body.units.length);
  }
}

// A program in use, from the texts of its two shaders.
export function linked(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program));
  gl.useProgram(program);
  return program;
}

// A new buffer, bound, from which every vertex reads so many numbers.
export function attribute(gl, program, name, size, kind, shares) {
  const place = gl.getAttribLocation(program, name), buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, size, kind, shares, 0, 0);
  return buffer;
}
