# Mixed precision in TorchScript's serialization dialect. BF16 and FP16 tensors live inside the methods: they take and
# return float32 ones.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def zero(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.zero_(x)

  def type(self: __torch__.Kernels, constants: Tensor) -> int:
    return int(torch.select(constants, 0, 0))

  # Rounds to a 16-bit type, and the gradient too, for each cast's backward is a cast.
  def round_trip(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    return torch.to(torch.to(x, (self).type(constants, )), 6)

  def single(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.to(x, 6)

  # The one method whose result is not float32. It may only be handed to methods of this module.
  def half(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    return torch.to(x, (self).type(constants, ))

  # values in place of x, with the gradient of x. Only nodes that keep no tensors, so that the result can be shared by
  # several backward passes.
  def straight_through(self: __torch__.Kernels, x: Tensor, values: Tensor) -> Tensor:
    y = torch.clone(x)
    _0 = torch.copy_(torch.detach(y), values)
    return y

  def magnitude(self: __torch__.Kernels, x: Tensor) -> Tensor:
    least, greatest = torch.aminmax(torch.detach(x))
    return torch.maximum(torch.neg(least), greatest)

  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return torch.to(torch.linear(torch.to(x, t), torch.to(w, t)), 6)

  def linear_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return torch.to(torch.linear(torch.to(x, t), torch.to(w, t), torch.to(b, t)), 6)

  def matmul(self: __torch__.Kernels, x: Tensor, y: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return torch.to(torch.matmul(torch.to(x, t), torch.to(y, t)), 6)

  def integers(self: __torch__.Kernels, constants: Tensor, start: int, n: int) -> List[int]:
    r = annotate(List[int], [])
    for i in range(n):
      _0 = torch.append(r, int(torch.select(constants, 0, torch.add(start, i))))
    return r

  # constants: type, groups, then stride, padding and dilation of each dimension
  def convolve(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Optional[Tensor], constants: Tensor) -> Tensor:
    n = torch.sub(torch.dim(x), 2)
    groups = int(torch.select(constants, 0, 1))
    stride = (self).integers(constants, 2, n, )
    padding = (self).integers(constants, torch.add(2, n), n, )
    dilation = (self).integers(constants, torch.add(2, torch.mul(n, 2)), n, )
    none = annotate(List[int], [])
    for i in range(n):
      _0 = torch.append(none, 0)
    t = (self).type(constants, )
    return torch.to(torch.convolution(torch.to(x, t), torch.to(w, t), b, stride, padding, dilation, False, none, groups), 6)

  def convolution(self: __torch__.Kernels, x: Tensor, w: Tensor, constants: Tensor) -> Tensor:
    return (self).convolve(x, w, None, constants, )

  def convolution_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, constants: Tensor) -> Tensor:
    return (self).convolve(x, w, torch.to(b, (self).type(constants, )), constants, )
