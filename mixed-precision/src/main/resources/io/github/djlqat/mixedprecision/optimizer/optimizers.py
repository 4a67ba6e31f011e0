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
  def averages(self: __torch__.Kernels, g: Tensor, mean: Tensor, square: Tensor, constants: Tensor) -> Tensor:
    beta2 = (self).constant(constants, 5, )
    _0 = torch.lerp_(mean, g, (self).constant(constants, 4, ))
    return torch.addcmul_(torch.mul_(square, beta2), g, g, value=(self).constant(constants, 6, ))

  def descent(self: __torch__.Kernels, w: Tensor, mean: Tensor, square: Tensor, constants: Tensor) -> Tensor:
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
    _0 = (self).averages(g, mean, square, constants, )
    return (self).descent(w, mean, square, constants, )

  # Codes of a map whose values are scaled by the greatest absolute value of each block.
  def decoded(self: __torch__.Kernels, codes: Tensor, scales: Tensor, map: Tensor) -> Tensor:
    places = torch.reshape(torch.to(codes, 3), [-1])
    values = torch.reshape(torch.index_select(map, 0, places), torch.size(codes))
    return torch.mul_(values, torch.unsqueeze(scales, 1))

  # The places of the nearest values of the map; of two that are equally near, the lower one. A block of zeros has no
  # scale.
  def encoded(self: __torch__.Kernels, values: Tensor, scales: Tensor, map: Tensor) -> Tensor:
    _0 = torch.copy_(scales, torch.amax(torch.abs(values), [1]))
    divisors = torch.masked_fill(scales, torch.eq(scales, 0), 1.)
    midpoints = torch.mul(torch.add(torch.slice(map, 0, 0, 255, 1), torch.slice(map, 0, 1, 256, 1)), 0.5)
    return torch.bucketize(torch.div(values, torch.unsqueeze(divisors, 1)), midpoints, out_int32=True)

  def unpadded(self: __torch__.Kernels, values: Tensor, w: Tensor) -> Tensor:
    return torch.reshape(torch.slice(torch.reshape(values, [-1]), 0, 0, torch.numel(w), 1), torch.size(w))

  # constants: those of adam, the signed map, the unsigned map. The codes are padded to whole blocks.
  def adam_8bit(self: __torch__.Kernels, weight: Tensor, grad: Tensor, mean_codes: Tensor, mean_scales: Tensor, square_codes: Tensor, square_scales: Tensor, constants: Tensor) -> Tensor:
    w = (self).shrunk(weight, constants, )
    g = torch.reshape((self).prepared(w, grad, constants, ), [-1])
    padding = torch.sub(torch.numel(mean_codes), torch.numel(g))
    padded = torch.reshape(torch.constant_pad_nd(g, [0, padding], 0.), torch.size(mean_codes))
    signed = torch.to(torch.slice(constants, 0, 10, 266, 1), mean_scales)
    unsigned = torch.to(torch.slice(constants, 0, 266, 522, 1), mean_scales)
    mean = (self).decoded(mean_codes, mean_scales, signed, )
    square = (self).decoded(square_codes, square_scales, unsigned, )
    _0 = (self).averages(padded, mean, square, constants, )
    places = (self).encoded(mean, mean_scales, signed, )
    # The code of zero is 127. A negative value stays negative.
    flushed = torch.logical_and(torch.lt(mean, 0), torch.eq(places, 127))
    _1 = torch.copy_(mean_codes, torch.sub(places, torch.to(flushed, 3)))
    _2 = torch.copy_(square_codes, (self).encoded(square, square_scales, unsigned, ))
    return (self).descent(w, (self).unpadded(mean, w, ), (self).unpadded(square, w, ), constants, )
