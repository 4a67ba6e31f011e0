# Optimizer steps in TorchScript's serialization dialect. Each method changes its arguments in place, through aliases
# that autograd does not watch, and returns the alias of the weight; so a step is one call from Java and makes no array
# that outlives it. Operations and their order are PyTorch's own, for the sake of the same roundings.
#
# The last argument of a step is a double precision tensor on the CPU. It begins with the factor of the gradient, the
# bound that the gradient is clipped to, negative for none, and the weight decay that is added to the gradient.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def constant(self: __torch__.Kernels, constants: Tensor, i: int) -> float:
    return float(torch.select(constants, 0, i))

  def prepared(self: __torch__.Kernels, w: Tensor, grad: Tensor, constants: Tensor) -> Tensor:
    g = torch.detach(grad)
    factor = (self).constant(constants, 0, )
    clip = (self).constant(constants, 1, )
    decay = (self).constant(constants, 2, )
    if torch.ne(factor, 1.):
      g = torch.mul(g, factor)
    if torch.ge(clip, 0.):
      g = torch.clamp(g, torch.neg(clip), clip)
    if torch.ne(decay, 0.):
      g = torch.add(g, w, alpha=decay)
    return g

  # A gradient is overwritten rather than subtracted from itself, so that no NaN survives.
  def clear(self: __torch__.Kernels, grad: Tensor) -> Tensor:
    return torch.zero_(torch.detach(grad))

  # The moving average of a weight.
  def average(self: __torch__.Kernels, mean: Tensor, weight: Tensor, constants: Tensor) -> Tensor:
    return torch.lerp_(mean, torch.detach(weight), (self).constant(constants, 0, ))

  # constants: factor, clip, decay, learning rate
  def sgd(self: __torch__.Kernels, weight: Tensor, grad: Tensor, constants: Tensor) -> Tensor:
    w = torch.detach(weight)
    g = (self).prepared(w, grad, constants, )
    return torch.add_(w, g, alpha=torch.neg((self).constant(constants, 3, )))

  # constants: factor, clip, decay, learning rate, momentum, 1 - dampening, 1 for Nesterov, 1 for the first step
  def sgd_momentum(self: __torch__.Kernels, weight: Tensor, grad: Tensor, buffer: Tensor, constants: Tensor) -> Tensor:
    w = torch.detach(weight)
    g = (self).prepared(w, grad, constants, )
    momentum = (self).constant(constants, 4, )
    if torch.ne((self).constant(constants, 7, ), 0.):
      _0 = torch.copy_(buffer, g)
    else:
      _1 = torch.add_(torch.mul_(buffer, momentum), g, alpha=(self).constant(constants, 5, ))
    direction = buffer
    if torch.ne((self).constant(constants, 6, ), 0.):
      direction = torch.add(g, buffer, alpha=momentum)
    return torch.add_(w, direction, alpha=torch.neg((self).constant(constants, 3, )))

  # constants: factor, clip, decay, factor of the weight, 1 - beta1, beta2, 1 - beta2, step size,
  # square root of the second bias correction, epsilon
  def moments(self: __torch__.Kernels, w: Tensor, g: Tensor, mean: Tensor, square: Tensor, constants: Tensor) -> Tensor:
    beta2 = (self).constant(constants, 5, )
    _0 = torch.lerp_(mean, g, (self).constant(constants, 4, ))
    _1 = torch.addcmul_(torch.mul_(square, beta2), g, g, value=(self).constant(constants, 6, ))
    root = torch.div_(torch.sqrt(square), (self).constant(constants, 8, ))
    denominator = torch.add_(root, (self).constant(constants, 9, ))
    return torch.addcdiv_(w, mean, denominator, value=torch.neg((self).constant(constants, 7, )))

  def shrunk(self: __torch__.Kernels, weight: Tensor, constants: Tensor) -> Tensor:
    w = torch.detach(weight)
    kept = (self).constant(constants, 3, )
    if torch.ne(kept, 1.):
      _0 = torch.mul_(w, kept)
    return w

  def adam(self: __torch__.Kernels, weight: Tensor, grad: Tensor, mean: Tensor, square: Tensor, constants: Tensor) -> Tensor:
    w = (self).shrunk(weight, constants, )
    g = (self).prepared(w, grad, constants, )
    return (self).moments(w, g, mean, square, constants, )
