# Mixed precision in TorchScript's serialization dialect. Methods take float32 tensors and BF16 and FP16 ones, which other
# methods of this module returned.
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

  # May only be handed to methods of this module.
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

  # The type of a result: float32, or the type computed in, which only methods of this module may be handed.
  def result(self: __torch__.Kernels, y: Tensor, constants: Tensor) -> Tensor:
    return torch.to(y, int(torch.select(constants, 0, 1)))

  # constants of what follows: type, type of the result
  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return (self).result(torch.linear(torch.to(x, t), torch.to(w, t)), constants, )

  def linear_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return (self).result(torch.linear(torch.to(x, t), torch.to(w, t), torch.to(b, t)), constants, )

  def matmul(self: __torch__.Kernels, x: Tensor, y: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return (self).result(torch.matmul(torch.to(x, t), torch.to(y, t)), constants, )

  def integers(self: __torch__.Kernels, constants: Tensor, start: int, n: int) -> List[int]:
    r = annotate(List[int], [])
    for i in range(n):
      _0 = torch.append(r, int(torch.select(constants, 0, torch.add(start, i))))
    return r

  # constants: type, type of the result, groups, then stride, padding and dilation of each dimension
  def convolve(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Optional[Tensor], constants: Tensor) -> Tensor:
    n = torch.sub(torch.dim(x), 2)
    groups = int(torch.select(constants, 0, 2))
    stride = (self).integers(constants, 3, n, )
    padding = (self).integers(constants, torch.add(3, n), n, )
    dilation = (self).integers(constants, torch.add(3, torch.mul(n, 2)), n, )
    none = annotate(List[int], [])
    for i in range(n):
      _0 = torch.append(none, 0)
    t = (self).type(constants, )
    y = torch.convolution(torch.to(x, t), torch.to(w, t), b, stride, padding, dilation, False, none, groups)
    return (self).result(y, constants, )

  def convolution(self: __torch__.Kernels, x: Tensor, w: Tensor, constants: Tensor) -> Tensor:
    return (self).convolve(x, w, None, constants, )

  def convolution_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, constants: Tensor) -> Tensor:
    return (self).convolve(x, w, torch.to(b, (self).type(constants, )), constants, )

  # What keeps the type that it is given. constants: type
  def relu(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    return torch.relu(torch.to(x, (self).type(constants, )))

  def sum_of_two(self: __torch__.Kernels, x: Tensor, y: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return torch.add(torch.to(x, t), torch.to(y, t))

  def product_of_two(self: __torch__.Kernels, x: Tensor, y: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return torch.mul((self).operand(x, t, ), (self).operand(y, t, ))

  def quotient_of_two(self: __torch__.Kernels, x: Tensor, y: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    return torch.div((self).operand(x, t, ), (self).operand(y, t, ))

  # An array of no dimensions is a number, which is not rounded and does not change the type of the result.
  def operand(self: __torch__.Kernels, x: Tensor, type: int) -> Tensor:
    y = x
    if torch.ne(torch.dim(x), 0):
      y = torch.to(x, type)
    return y

  def average_all(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    return torch.mean(torch.to(x, (self).type(constants, )), [2, 3])

  # constants: type, factor
  def multiple(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    return torch.mul(torch.to(x, (self).type(constants, )), float(torch.select(constants, 0, 1)))

  # An integer of 31 bits for each element takes half the time of the two draws and the division that ATen makes for it.
  # constants: type, the greatest integer that keeps an element, factor of what is kept
  def dropout(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    t = (self).type(constants, )
    greatest = int(torch.select(constants, 0, 1))
    factor = float(torch.select(constants, 0, 2))
    kept = torch.le(torch.random_(torch.empty_like(x, dtype=3)), greatest)
    return torch.mul(torch.mul(torch.to(x, t), torch.to(kept, t)), factor)

  # constants: type, then the shape
  def reshaped(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    shape = (self).integers(constants, 1, torch.sub(torch.numel(constants), 1), )
    return torch.reshape(torch.to(x, (self).type(constants, )), shape)

  # constants: type, then the axes
  def permuted(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    axes = (self).integers(constants, 1, torch.sub(torch.numel(constants), 1), )
    return torch.permute(torch.to(x, (self).type(constants, )), axes)

  # constants: type, 1 for training, momentum as torch has it, epsilon
  def batch_norm(self: __torch__.Kernels, x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor, constants: Tensor) -> Tensor:
    training = torch.ne(float(torch.select(constants, 0, 1)), 0.)
    momentum = float(torch.select(constants, 0, 2))
    epsilon = float(torch.select(constants, 0, 3))
    h = torch.to(x, (self).type(constants, ))
    return torch.batch_norm(h, gamma, beta, mean, variance, training, momentum, epsilon, True)
