// fade: how much of the light one of two overlapping projectors gives.
//
//   float fade(float inside, float width)
//
//   inside    distance from the edge, in the same unit as width
//   width     of the overlap; 0 is a hard edge
//   returns   0 at the edge .. 1 where the overlap ends; linear light. Two that face each other sum to 1 everywhere
//
// A cubic, level at both ends: no line shows where the overlap begins.

float fade(float inside, float width) {
    if (inside >= width) return 1.0;
    float along = clamp(inside / width, 0.0, 1.0);
    return along * along * (3.0 - 2.0 * along);
}
