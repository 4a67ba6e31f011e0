# Gradient estimators in TorchScript's serialization dialect. Each method runs as one call from Java.
#
# All have one shape. The gradient that an estimator defines is that of a surrogate, linear in what has a gradient with
# constant coefficients, so that autograd records exactly these coefficients. The surrogate's own values mean nothing:
# they are overwritten, through a detached alias that autograd does not watch, with the quantized ones.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # An array of one element becomes a number, which leaves the shape of x alone whatever its rank.
  def operand(self: __torch__.Kernels, a: Tensor) -> Tensor:
    if torch.eq(torch.numel(a), 1):
      a = torch.reshape(a, annotate(List[int], []))
    return a

  def constant(self: __torch__.Kernels, constants: Tensor, i: int) -> float:
    return float(torch.select(constants, 0, i))

  def finish(self: __torch__.Kernels, surrogate: Tensor, values: Tensor) -> Tensor:
    _0 = torch.copy_(torch.detach(surrogate), values)
    return surrogate

  # Codes are rounded, then shifted by the zero point, then clamped.
  def affine(self: __torch__.Kernels, x: Tensor, s: Tensor, z: Tensor, qmin: float, qmax: float) -> Tensor:
    q = torch.add(torch.round(torch.mul(x, torch.reciprocal(s))), z)
    return torch.mul(torch.sub(torch.clamp(q, qmin, qmax), z), s)

  def within(self: __torch__.Kernels, a: Tensor, lowest: Tensor, highest: Tensor) -> Tensor:
    return torch.logical_and(torch.ge(a, lowest), torch.le(a, highest))

  # 1 from zero upwards, -1 below it, NaN stays.
  def signs(self: __torch__.Kernels, x: Tensor) -> Tensor:
    signs = torch.sub(torch.mul(torch.to(torch.ge(x, 0), 6), 2), 1)
    return torch.where(torch.isnan(x), x, signs)

  # constants: qmin, qmax
  def straight_through_none(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, constants: Tensor) -> Tensor:
    s = (self).operand(torch.detach(scale), )
    z = (self).operand(torch.detach(zero_point), )
    values = (self).affine(torch.detach(x), s, z, (self).constant(constants, 0, ), (self).constant(constants, 1, ), )
    return (self).finish(torch.mul(x, 1), values, )

  def straight_through_input(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, constants: Tensor) -> Tensor:
    s = (self).operand(torch.detach(scale), )
    z = (self).operand(torch.detach(zero_point), )
    fixed = torch.detach(x)
    qmin = (self).constant(constants, 0, )
    qmax = (self).constant(constants, 1, )
    values = (self).affine(fixed, s, z, qmin, qmax, )
    mask = (self).within(fixed, torch.mul(torch.rsub(z, qmin), s), torch.mul(torch.rsub(z, qmax), s), )
    return (self).finish(torch.mul(x, mask), values, )

  def straight_through_code(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, constants: Tensor) -> Tensor:
    s = (self).operand(torch.detach(scale), )
    z = (self).operand(torch.detach(zero_point), )
    q = torch.add(torch.round(torch.mul(torch.detach(x), torch.reciprocal(s))), z)
    clamped = torch.clamp(q, (self).constant(constants, 0, ), (self).constant(constants, 1, ))
    return (self).finish(torch.mul(x, torch.eq(q, clamped)), torch.mul(torch.sub(clamped, z), s), )

  # constants: qmin, qmax, gradient scale, 1 to include the bounds in the range
  def lsq(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, constants: Tensor) -> Tensor:
    step = (self).operand(scale, )
    s = torch.detach(step)
    z = (self).operand(torch.detach(zero_point), )
    fixed = torch.detach(x)
    qmin = (self).constant(constants, 0, )
    qmax = (self).constant(constants, 1, )
    values = (self).affine(fixed, s, z, qmin, qmax, )
    lowest = torch.mul(torch.rsub(z, qmin), s)
    highest = torch.mul(torch.rsub(z, qmax), s)
    mask = torch.logical_and(torch.gt(fixed, lowest), torch.lt(fixed, highest))
    if torch.eq((self).constant(constants, 3, ), 1.):
      mask = (self).within(fixed, lowest, highest, )
    slope = torch.div(torch.where(mask, torch.sub(values, fixed), values), s)
    learned = torch.mul(torch.mul(slope, (self).constant(constants, 2, )), step)
    return (self).finish(torch.add(torch.mul(x, mask), learned), values, )

  # constants: qmin, qmax, gradient scale
  def learnable_affine(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, constants: Tensor) -> Tensor:
    step = (self).operand(scale, )
    shift = (self).operand(zero_point, )
    s = torch.detach(step)
    inverse = torch.reciprocal(s)
    fixed = torch.detach(x)
    qmin = (self).constant(constants, 0, )
    qmax = (self).constant(constants, 1, )
    factor = (self).constant(constants, 2, )
    whole = torch.clamp(torch.round(torch.detach(shift)), qmin, qmax)
    values = (self).affine(fixed, s, whole, qmin, qmax, )
    z = whole
    if torch.eq(torch.numel(shift), 1):
      z = torch.trunc(torch.add(torch.clamp(torch.detach(shift), qmin, qmax), 0.5))
    # One rounding for product and sum, as a fused operation: the product of two floats is exact in double precision.
    product = torch.mul(torch.to(fixed, 7), torch.to(inverse, 7))
    q = torch.round(torch.to(torch.add(product, torch.to(z, 7)), 6))
    clamped = torch.clamp(q, qmin, qmax)
    mask = torch.eq(q, clamped)
    codes = torch.sub(clamped, z)
    slope = torch.where(mask, torch.mul(torch.sub(torch.mul(codes, s), fixed), inverse), codes)
    offset = torch.mul(torch.logical_not(mask), torch.neg(s))
    learned = torch.add(torch.mul(torch.mul(slope, factor), step), torch.mul(torch.mul(offset, factor), shift))
    return (self).finish(torch.add(torch.mul(x, mask), learned), values, )

  # constants: qmin, qmax, gradient scale
  def lsq_plus(self: __torch__.Kernels, x: Tensor, scale: Tensor, offset: Tensor, constants: Tensor) -> Tensor:
    step = (self).operand(scale, )
    shift = (self).operand(offset, )
    s = torch.detach(step)
    b = torch.detach(shift)
    factor = (self).constant(constants, 2, )
    ratio = torch.div(torch.sub(torch.detach(x), b), s)
    clamped = torch.clamp(ratio, (self).constant(constants, 0, ), (self).constant(constants, 1, ))
    codes = torch.round(clamped)
    mask = torch.eq(ratio, clamped)
    slope = torch.where(mask, torch.sub(codes, ratio), codes)
    outside = torch.mul(torch.logical_not(mask), factor)
    learned = torch.add(torch.mul(torch.mul(slope, factor), step), torch.mul(outside, shift))
    return (self).finish(torch.add(torch.mul(x, mask), learned), torch.add(torch.mul(codes, s), b), )

  # constants: the largest code
  def pact(self: __torch__.Kernels, x: Tensor, alpha: Tensor, constants: Tensor) -> Tensor:
    level = (self).operand(alpha, )
    a = torch.detach(level)
    n = (self).constant(constants, 0, )
    fixed = torch.detach(x)
    clipped = torch.minimum(torch.relu(fixed), a)
    values = torch.mul(torch.round(torch.mul(clipped, torch.mul(torch.reciprocal(a), n))), torch.div(a, n))
    mask = torch.logical_and(torch.ge(fixed, 0), torch.lt(fixed, a))
    return (self).finish(torch.add(torch.mul(x, mask), torch.mul(torch.ge(fixed, a), level)), values, )

  # constants: the largest code, the least divisor
  def dorefa_weights(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    n = (self).constant(constants, 0, )
    t = torch.tanh(x)
    surrogate = torch.div(t, torch.clamp(torch.max(torch.abs(t)), (self).constant(constants, 1, )))
    ratio = torch.add(torch.mul(torch.detach(surrogate), 0.5), 0.5)
    values = torch.sub(torch.mul(torch.div(torch.round(torch.mul(ratio, n)), n), 2), 1)
    return (self).finish(surrogate, values, )

  def dorefa_binary_weights(self: __torch__.Kernels, x: Tensor) -> Tensor:
    fixed = torch.detach(x)
    values = torch.mul((self).signs(fixed, ), torch.mean(torch.abs(fixed)))
    return (self).finish(torch.mul(x, 1), values, )

  # constants: the largest code
  def dorefa_activations(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    n = (self).constant(constants, 0, )
    fixed = torch.detach(x)
    clamped = torch.clamp(fixed, 0, 1)
    values = torch.div(torch.round(torch.mul(clamped, n)), n)
    return (self).finish(torch.mul(x, torch.eq(fixed, clamped)), values, )

  # constants: the levels, ascending from 0 to 1; a tie goes to the lower one, and NaN stays
  def nearest_level(self: __torch__.Kernels, ratio: Tensor, constants: Tensor) -> Tensor:
    levels = torch.to(constants, ratio)
    last = torch.sub(torch.size(levels, 0), 1)
    middles = torch.mul(torch.add(torch.slice(levels, 0, 1), torch.slice(levels, 0, 0, last)), 0.5)
    index = torch.clamp(torch.bucketize(torch.contiguous(ratio), middles), 0, last)
    return torch.where(torch.isnan(ratio), ratio, torch.take(levels, index))

  def apot_weights(self: __torch__.Kernels, x: Tensor, alpha: Tensor, constants: Tensor) -> Tensor:
    level = (self).operand(alpha, )
    a = torch.detach(level)
    ratio = torch.div(torch.detach(x), a)
    magnitude = torch.clamp(torch.abs(ratio), 0, 1)
    projected = torch.copysign((self).nearest_level(magnitude, constants, ), ratio)
    slope = torch.where(torch.gt(torch.abs(ratio), 1), torch.sign(ratio), torch.sub(projected, ratio))
    return (self).finish(torch.add(torch.mul(x, 1), torch.mul(slope, level)), torch.mul(projected, a), )

  def apot_activations(self: __torch__.Kernels, x: Tensor, alpha: Tensor, constants: Tensor) -> Tensor:
    level = (self).operand(alpha, )
    a = torch.detach(level)
    ratio = torch.div(torch.detach(x), a)
    clamped = torch.clamp(ratio, 0, 1)
    projected = (self).nearest_level(clamped, constants, )
    mask = torch.eq(ratio, clamped)
    slope = torch.where(mask, torch.sub(projected, ratio), projected)
    return (self).finish(torch.add(torch.mul(x, mask), torch.mul(slope, level)), torch.mul(projected, a), )

  # constants: the smallest mean magnitude
  def bitnet_weights(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    fixed = torch.detach(x)
    s = torch.reciprocal(torch.clamp(torch.mean(torch.abs(fixed)), (self).constant(constants, 0, )))
    values = torch.div(torch.clamp(torch.round(torch.mul(fixed, s)), -1, 1), s)
    return (self).finish(torch.mul(x, 1), values, )

  # constants: the smallest absolute maximum
  def per_token_int8(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    fixed = torch.detach(x)
    largest = torch.amax(torch.abs(fixed), [-1], True)
    s = torch.mul(torch.reciprocal(torch.clamp(largest, (self).constant(constants, 0, ))), 127)
    values = torch.div(torch.clamp(torch.round(torch.mul(fixed, s)), -128, 127), s)
    return (self).finish(torch.mul(x, 1), values, )

  def binary_connect(self: __torch__.Kernels, x: Tensor) -> Tensor:
    fixed = torch.detach(x)
    mask = torch.le(torch.abs(fixed), 1)
    return (self).finish(torch.mul(x, mask), (self).signs(fixed, ), )

  def xnor_net(self: __torch__.Kernels, x: Tensor) -> Tensor:
    fixed = torch.detach(x)
    rows = torch.reshape(fixed, [torch.size(x, 0), -1])
    means = torch.mean(torch.abs(rows), [1], True)
    mask = torch.le(torch.abs(rows), 1)
    share = torch.div(torch.ones_like(rows), torch.size(rows, 1))
    slope = torch.reshape(torch.add(torch.mul(mask, means), share), torch.size(x))
    values = torch.reshape(torch.mul((self).signs(rows, ), means), torch.size(x))
    return (self).finish(torch.mul(x, slope), values, )

  # constants: the smallest and the largest code
  def min_max_vars(self: __torch__.Kernels, x: Tensor, minimum: Tensor, maximum: Tensor, constants: Tensor) -> Tensor:
    least = (self).operand(minimum, )
    greatest = (self).operand(maximum, )
    lo = torch.detach(least)
    hi = torch.detach(greatest)
    qmin = (self).constant(constants, 0, )
    qmax = (self).constant(constants, 1, )
    s = torch.div(torch.sub(hi, lo), torch.sub(qmax, qmin))
    exact = torch.clamp(torch.rsub(torch.div(lo, s), qmin), qmin, qmax)
    whole = torch.floor(exact)
    z = torch.add(whole, torch.ge(torch.sub(exact, whole), 0.5))
    lowest = torch.mul(torch.rsub(z, qmin), s)
    highest = torch.mul(torch.rsub(z, qmax), s)
    fixed = torch.detach(x)
    clamped = torch.minimum(torch.maximum(fixed, lowest), highest)
    inverse = torch.reciprocal(s)
    code_of_zero = torch.floor(torch.add(torch.mul(torch.neg(lowest), inverse), 0.5))
    codes = torch.floor(torch.add(torch.sub(torch.mul(torch.sub(clamped, lowest), inverse), code_of_zero), 0.5))
    # A range of nothing but zero quantizes all to zero and lets the gradient through.
    empty = torch.logical_and(torch.eq(lo, 0), torch.eq(hi, 0))
    values = torch.masked_fill(torch.mul(codes, s), empty, 0)
    mask = torch.logical_or((self).within(fixed, lowest, highest, ), empty)
    below = torch.mul(torch.lt(fixed, lowest), least)
    above = torch.mul(torch.gt(fixed, highest), greatest)
    return (self).finish(torch.add(torch.mul(x, mask), torch.add(below, above)), values, )

  def learned_bit_width(self: __torch__.Kernels, x: Tensor, step: Tensor, limit: Tensor) -> Tensor:
    step_size = (self).operand(step, )
    bound = (self).operand(limit, )
    d = torch.detach(step_size)
    m = torch.detach(bound)
    fixed = torch.detach(x)
    magnitude = torch.abs(fixed)
    inside = torch.le(magnitude, m)
    rounded = torch.mul(torch.floor(torch.add(torch.div(magnitude, d), 0.5)), d)
    values = torch.copysign(torch.where(inside, rounded, torch.minimum(magnitude, m)), fixed)
    slope = torch.div(torch.masked_fill(torch.sub(values, fixed), torch.logical_not(inside), 0), d)
    edge = torch.mul(torch.sign(fixed), torch.gt(magnitude, m))
    learned = torch.add(torch.mul(slope, step_size), torch.mul(edge, bound))
    return (self).finish(torch.add(torch.mul(x, inside), learned), values, )

  def additive_noise(self: __torch__.Kernels, x: Tensor, step: Tensor, noise: Tensor) -> Tensor:
    return torch.add(x, torch.mul(torch.sub((self).operand(noise, ), 0.5), (self).operand(step, )))

  # constants: qmin, qmax, the share that is quantized
  def quant_noise(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, noise: Tensor, constants: Tensor) -> Tensor:
    s = (self).operand(torch.detach(scale), )
    z = (self).operand(torch.detach(zero_point), )
    fixed = torch.detach(x)
    quantized = (self).affine(fixed, s, z, (self).constant(constants, 0, ), (self).constant(constants, 1, ), )
    chosen = torch.lt((self).operand(noise, ), (self).constant(constants, 2, ))
    return (self).finish(torch.mul(x, 1), torch.where(chosen, quantized, fixed), )
