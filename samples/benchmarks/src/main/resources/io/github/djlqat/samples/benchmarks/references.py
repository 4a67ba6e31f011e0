# PyTorch's own kernels, in TorchScript's serialization dialect, to be called as this project's are.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def copy(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.clone(x)

  def fake_quantize_per_tensor(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor) -> Tensor:
    return torch.fake_quantize_per_tensor_affine(x, scale, zero_point, -128, 127)

  def fake_quantize_per_channel(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor) -> Tensor:
    return torch.fake_quantize_per_channel_affine(x, scale, zero_point, 0, -128, 127)

  # Narrow tensors stay inside: DJL does not know their types.
  def cast_e4m3(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.to(torch.to(x, 24), 6)

  def cast_e5m2(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.to(torch.to(x, 23), 6)
