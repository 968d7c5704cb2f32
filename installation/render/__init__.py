"""A Frame becomes a picture: shaders, passes, particles, edges, haze and bloom."""
