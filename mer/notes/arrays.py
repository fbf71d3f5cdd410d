"""The kinds of numpy arrays that pass through the code, each under one name."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
# Arrays by name, as they are stored on disk.
Arrays = dict[str, Array]
