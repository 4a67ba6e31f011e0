"""Writes the *.npy and *.npz files beside it. Ran with numpy 2.4.6."""

import os

import numpy as np

OUT = os.path.dirname(os.path.abspath(__file__)) + "/"

ramp = np.arange(12).reshape(2, 2, 3)
for name in ["float32", "int32", "int64", "int8", "uint8", "bool", "float64", "int16", "float16"]:
    np.save(OUT + name + ".npy", (ramp - 3).astype(name) if name != "uint8" else (ramp + 250).astype(name))
np.save(OUT + "fortran.npy", np.asfortranarray(ramp.astype("float32")))
np.save(OUT + "big_endian.npy", ramp.astype(">f4"))
np.save(OUT + "scalar.npy", np.float32(1.5))
np.save(OUT + "vector.npy", np.float32([1.5, -2.5]))
np.savez(OUT + "two.npz", second=np.float32([[1, 2]]), first=np.int64([[3, 4]]))
np.savez_compressed(OUT + "compressed.npz", np.float32([[1, 2]]))
