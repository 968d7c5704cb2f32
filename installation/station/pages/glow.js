// The light of all neurons, drawn by the graphics card.

const VERTEX = `
attribute vec2 place;
attribute float depth;  // of the neuron's layer, 0 first .. 1 last
attribute float light;  // 0..1
uniform vec4 view;      // middle, scale to clip space
uniform float size;     // pixels of a neuron at rest
uniform float dim;      // of all light, where neurons are drawn larger than there is room for
uniform float chosen;   // depth of the layer that a visitor has touched; -1 none
varying vec3 shine;

vec3 hue(float at) {
  vec3 colour = mix(vec3(0.02, 0.14, 1.0), vec3(0.01, 0.40, 1.0), clamp(at, 0.0, 1.0));
  colour = mix(colour, vec3(0.02, 0.68, 0.55), clamp(at - 1.0, 0.0, 1.0));
  colour = mix(colour, vec3(0.38, 0.78, 0.12), clamp(at - 2.0, 0.0, 1.0));
  return mix(colour, vec3(1.0, 0.70, 0.03), clamp(at - 3.0, 0.0, 1.0));
}
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
    const program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program));
    gl.useProgram(program);
    this.at = Object.fromEntries(["view", "size", "dim", "chosen"].map((name) => [name, gl.getUniformLocation(program, name)]));
    const depths = new Float32Array(body.units.length);
    body.counts.forEach((count, layer) => depths.fill(body.depth(layer), body.starts[layer], body.starts[layer] + count));
    for (const [name, values, size] of [["place", body.places, 2], ["depth", depths, 1]]) {
      this.attribute(program, name, size, gl.FLOAT, false);
      gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    }
    this.attribute(program, "light", 1, gl.UNSIGNED_BYTE, true); // stays bound: it changes with every picture
    gl.bufferData(gl.ARRAY_BUFFER, body.units.length, gl.DYNAMIC_DRAW);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.clearColor(0.02, 0.024, 0.04, 1);
  }

  attribute(program, name, size, kind, shares) {
    const { gl } = this;
    const place = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, kind, shares, 0, 0);
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
