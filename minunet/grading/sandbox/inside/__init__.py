"""What runs on the far side of the boundary. It is staged by copy, and imports the standard library and NumPy alone."""
