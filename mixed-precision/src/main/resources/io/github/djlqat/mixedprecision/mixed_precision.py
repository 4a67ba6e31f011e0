# Mixed precision in TorchScript's serialization dialect. BF16 and FP16 tensors live inside the methods: they take and
# return float32 ones.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def zero(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.zero_(x)
