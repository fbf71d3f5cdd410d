// Where the sliders stand when nothing is changed.
() => [0, 0, 0, 1, 0]
