// disc: the light of a cell across its face, with a soft rim and a membrane a little brighter than the middle.
//
//   float disc(float distance, float radius, float soft)
//
//   distance   from the centre, pixels
//   radius     where the light has fallen to half, pixels, > 0
//   soft       half the width of the rim, pixels, <= radius
//   returns    0 outside; its sum over all pixels is that of an even hard disc of this radius, within 3 %
//
// A cubic rim spreads more light outside than it takes inside: a fifth of the square of its share.
// The membrane takes from the middle what it gives to the edge: over a disc the mean of the square is a half.

float disc(float distance, float radius, float soft) {
    float rim = 1.0 - smoothstep(radius - soft, radius + soft, distance);
    float share = soft / radius;
    float along = min(distance / radius, 1.0);
    float membrane = 1.0 + 0.55 * (1.0 - share) * (along * along - 0.5);
    return rim * membrane / (1.0 + 0.2 * share * share);
}
