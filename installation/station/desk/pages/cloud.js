// The light of all neurons on the graphics card, seen from where the desk looks, with the chosen ones marked.

import { HUE, attribute, linked } from "/glow.js";

const VERTEX = `
attribute vec3 place;
attribute float depth;   // of the neuron's layer, 0 first .. 1 last
attribute float light;   // 0..1
attribute float mark;    // 0 none, 1 what is dreamt of, 2 inside the lasso, 3 pointed at
uniform mat3 turned;
uniform vec2 middle;
uniform vec2 scale;      // to clip space
uniform float size;      // pixels of a neuron at rest
uniform mediump float crisp; // 0 a point of light .. 1 a disc
uniform float dim;       // of all light, where neurons are drawn larger than there is room for
varying vec3 shine;
${HUE}
void main() {
  vec3 colour = hue(4.0 * depth);
  float mine = step(0.5, mark);
  colour = mix(colour, mix(vec3(0.55, 0.92, 1.0), vec3(1.0, 0.80, 0.35), step(1.5, mark)), 0.75 * mine);
  shine = mix(dim, sqrt(dim), mark > 0.5 && mark < 1.5 ? 0.4 : 0.0) * sqrt(colour * (0.06 + 0.22 * mine + light));
  gl_Position = vec4(((turned * place).xy - middle) * scale, 0.0, 1.0);
  gl_PointSize = size * (1.0 + (1.5 - 0.9 * crisp) * light + 0.3 * mine) + (mark > 2.5 ? 4.0 : 0.0);
}`;

const FRAGMENT = `
precision mediump float;
uniform float crisp;
varying vec3 shine;
void main() {
  float near = max(0.0, 1.0 - 2.0 * length(gl_PointCoord - 0.5));
  float disc = smoothstep(0.0, 0.12, near) * (0.55 + 0.35 * (1.0 - smoothstep(0.0, 0.28, near)) + 0.2 * near);
  gl_FragColor = vec4(shine * mix(near * (0.35 + near), disc, crisp), 1.0);
}`;

const IMITATED = /swiftshader|llvmpipe|softpipe|software|basic render/i; // names of drivers without a card

// Whether there is a graphics card, and not only a processor that imitates one.
export function accelerated() {
  const gl = document.createElement("canvas").getContext("webgl");
  if (!gl) return false;
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !IMITATED.test(name);
}

export class Cloud {
  // depths: [neurons] of each neuron's layer, 0 first .. 1 last
  constructor(canvas, view, depths) {
    const gl = canvas.getContext("webgl", { alpha: false, antialias: false, depth: false, powerPreference: "high-performance" });
    Object.assign(this, { gl, canvas, view, depths, density: Math.min(devicePixelRatio || 1, 2), marks: new Uint8Array(view.count) });
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.begin());
    this.begin();
  }

  begin() {
    const { gl, view } = this;
    const program = linked(gl, VERTEX, FRAGMENT);
    this.at = Object.fromEntries(["turned", "middle", "scale", "size", "crisp", "dim"].map((name) => [name, gl.getUniformLocation(program, name)]));
    for (const [name, values, size] of [["place", view.places, 3], ["depth", this.depths, 1]]) {
      attribute(gl, program, name, size, gl.FLOAT, false);
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    }
    this.buffers = Object.fromEntries(["mark", "light"].map((name) => {
      const buffer = attribute(gl, program, name, 1, gl.UNSIGNED_BYTE, name === "light");
      gl.bufferData(gl.ARRAY_BUFFER, view.count, gl.DYNAMIC_DRAW);
      return [name, buffer];
    }));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.clearColor(0.012, 0.014, 0.026, 1);
    this.mark(this.marks);
  }

  // What each neuron is marked as, [neurons] of 0..3.
  mark(marks) {
    const { gl } = this;
    this.marks = marks;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.mark);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, marks);
  }

  // light: [neurons] 0..255
  draw(light) {
    const { gl, view, canvas, density } = this;
    if (gl.isContextLost()) return;
    const [wide, high] = [Math.round(view.width * density), Math.round(view.height * density)];
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    const scale = view.scale * density;
    gl.viewport(0, 0, wide, high);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.light);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, light);
    const [a, b, c, d, e, f, g, h, i] = view.turned;
    gl.uniformMatrix3fv(this.at.turned, false, [a, d, g, b, e, h, c, f, i]); // columns
    gl.uniform2f(this.at.middle, ...view.at);
    gl.uniform2f(this.at.scale, (2 * scale) / wide, (2 * scale) / high);
    for (const [name, value] of Object.entries(view.face(density))) gl.uniform1f(this.at[name], value);
    gl.drawArrays(gl.POINTS, 0, view.count);
  }
}
