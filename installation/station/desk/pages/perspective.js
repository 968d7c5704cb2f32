// Where a point of a square is seen once the square's corners have been moved, and back.

// The matrix that takes (0, 0), (1, 0), (0, 1), (1, 1) to four corners in this order, row after row (Heckbert 1989, 2.2.3).
function matrix([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) {
  const [ax, ay, bx, by, sx, sy] = [x1 - x3, y1 - y3, x2 - x3, y2 - y3, x0 - x1 + x3 - x2, y0 - y1 + y3 - y2];
  const all = ax * by - ay * bx, g = (sx * by - sy * bx) / all, h = (ax * sy - ay * sx) / all;
  return [x1 - x0 + g * x1, x2 - x0 + h * x2, x0, y1 - y0 + g * y1, y2 - y0 + h * y2, y0, g, h, 1];
}

function applied([a, b, c, d, e, f, g, h, i], [x, y]) {
  const depth = g * x + h * y + i;
  return [(a * x + b * y + c) / depth, (d * x + e * y + f) / depth];
}

export function bent(corners, point) {
  return applied(matrix(corners), point);
}

export function unbent(corners, point) {
  const [a, b, c, d, e, f, g, h, i] = matrix(corners); // its adjugate does what its inverse would
  return applied([e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d], point);
}
