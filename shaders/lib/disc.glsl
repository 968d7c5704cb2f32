// disc: the light of a cell across its face, with a soft rim.
//
//   float disc(float distance, float radius, float soft)
//
//   distance   from the centre, pixels
//   radius     where the light has fallen to half, pixels, > 0
//   soft       half the width of the rim, pixels, <= radius
//   returns    0 outside; its sum over all pixels is that of a hard disc of this radius, within 1 %
//
// A cubic rim spreads a little more light outside than it takes inside; the last factor gives that back.

float disc(float distance, float radius, float soft) {
    float rim = 1.0 - smoothstep(radius - soft, radius + soft, distance);
    float share = soft / radius;
    return rim / (1.0 + 0.2 * share * share);
}
