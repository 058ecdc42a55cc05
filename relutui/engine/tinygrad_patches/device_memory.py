"""The memory of a kernel, read and written without a Tensor.

tinygrad: 0.14.0.
Reason: `Tensor.numpy()` takes 150 us, longer than a short burst; the buffer under a tensor, and its allocator, are private.
Replaced by: a public view of a realized tensor's memory, and a copy to and from it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinygrad import Tensor, dtypes

_DTYPES: dict[type, Any] = {np.float64: dtypes.double, np.float32: dtypes.float32, np.int32: dtypes.int32}


class DeviceArray:
    """A new tensor, and its memory as `numbers`, an array of shape (size,).

    tensor: to hand to a kernel; numbers: the memory itself where the device's is the processor's; else a copy, which `upload`
    and `download` keep the same.
    """

    def __init__(self, size: int, kind: type) -> None:
        """kind: numpy's dtype of the tensor."""
        self.tensor = Tensor.empty(size, dtype=_DTYPES[kind])
        self._buffer = self.tensor.uop.base.buffer.ensure_allocated()
        self._is_shared = hasattr(self._buffer.allocator, "_as_buffer")
        self.numbers: NDArray[Any] = (
            np.frombuffer(self._buffer.as_memoryview(force_zero_copy=True), kind)
            if self._is_shared
            else np.zeros(self._buffer.size, kind)
        )

    def upload(self) -> None:
        """Let the device have what was written to `numbers`."""
        if not self._is_shared:  # a copy, for OpenCL takes it only when its turn has come
            self._buffer.allocator._copyin(self._buffer._buf, self.numbers.copy().data.cast("B"))

    def download(self) -> NDArray[Any]:
        """The numbers as the device has left them."""
        if not self._is_shared:
            self._buffer.allocator._copyout(self.numbers.data.cast("B"), self._buffer._buf)
        return self.numbers
