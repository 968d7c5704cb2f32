// The body where there is no WebGL: fewer neurons, as plain squares.

const MOST = 2500; // squares
const COLOURS = ["#2450ff", "#1e86ff", "#1fb8a4", "#7fce4d", "#ffc928"];

export class Dots {
  constructor(canvas, body) {
    Object.assign(this, { canvas, body, density: 1 });
    this.paper = canvas.getContext("2d", { alpha: false });
    const every = Math.ceil(body.units.length / MOST);
    this.dots = [...body.units.keys()].filter((n) => n % every === 0);
    this.layers = this.dots.map((n) => body.layer(n));
  }

  draw(light, chosen) {
    const { body, canvas, paper } = this;
    if (canvas.width !== body.width || canvas.height !== body.height) Object.assign(canvas, { width: body.width, height: body.height });
    paper.globalAlpha = 1;
    paper.fillStyle = "#05060a";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    this.dots.forEach((n, dot) => {
      const [x, y] = body.seen(n);
      const size = 2 + light[n] / 50 + (this.layers[dot] === chosen ? 2 : 0);
      paper.globalAlpha = 0.35 + 0.65 * (light[n] / 255);
      paper.fillStyle = COLOURS[Math.round(4 * body.depth(this.layers[dot]))];
      paper.fillRect(x - size / 2, y - size / 2, size, size);
    });
  }
}
