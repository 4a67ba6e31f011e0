# Rounding to floating-point formats, in TorchScript's serialization dialect. Only float32 arithmetic: tensors of narrow
# types would end the process if they left a method, and their casts are slower.
#
# A number v is a multiple of u = 2^(max(exponent of v, smallest exponent) - mantissa bits) after rounding. 2^exponent is
# v with all but the exponent bits cleared; v / u and the rounded quotient times u are exact.
#
# Many cheap passes follow each other, so they run on pieces that stay in the processor's cache.
#
# Halves to even need no quotient where 2^d v does not overflow, for d mantissa bits that are lost: (v + t) - t with t = |v|
# (2^d - 1), rounded as float32. That is a multiple of u, or of u / 2 just above a power of two, where it makes no difference
# for d >= 13; and it breaks a tie as |v| itself is to be rounded, so that the sum, which is a tie again, ends at an even
# number of u. Where t would be less than 1.5 2^d times the smallest normal value, it is that: its last place is the u of
# subnormal numbers. Zero alone needs its sign restored.
#
# Three formats have casts that are faster, once values are clamped.
#
# constants: the bound that v is clamped to, the largest value, the smallest normal value, 2^-mantissa bits, the rounding
# mode (0 half to even, 1 half away from zero, 2 half up, 3 toward zero, 4 stochastic), what replaces values beyond the
# largest (0 nothing, 1 infinity, 2 NaN), 1 where NaN becomes zero, 1 where there is no negative zero, 1 where the
# gradient is masked, 2^d, or 0 where quotients are needed, and
# the number of the data type of the cast, or 0
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def constant(self: __torch__.Kernels, constants: Tensor, i: int) -> float:
    return float(torch.select(constants, 0, i))

  # Not hardtanh, whose gradient at a bound depends on whether the interpreter or the compiler differentiates it.
  def surrogate(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    if ops.prim.requires_grad(x):
      if torch.eq((self).constant(constants, 8, ), 1.):
        bound = (self).constant(constants, 1, )
        y = torch.clamp(torch.contiguous(x), torch.neg(bound), bound)
      else:
        y = torch.mul(torch.contiguous(x), 1)
    else:
      y = torch.empty(torch.size(x), dtype=6, device=ops.prim.device(x))
    return y

  # Rounds whole quotients in place.
  def whole(self: __torch__.Kernels, q: Tensor, mode: int) -> Tensor:
    if torch.eq(mode, 0):
      r = torch.round_(q)
    else:
      if torch.eq(mode, 3):
        r = torch.trunc_(q)
      else:
        if torch.eq(mode, 2):
          lower = torch.floor(q)
          r = torch.add_(lower, torch.ge(torch.sub_(q, lower), 0.5))
        else:
          a = torch.abs(q)
          lower = torch.floor(a)
          r = torch.copysign_(torch.add_(lower, torch.ge(torch.sub_(a, lower), 0.5)), q)
    return r

  def unit(self: __torch__.Kernels, v: Tensor, smallest: float, fraction: float) -> Tensor:
    bits = torch.bitwise_and_(torch.view_copy(v, 3), 2139095040)
    return torch.mul_(torch.clamp_(torch.view_copy(bits, 6), smallest), fraction)

  def special(self: __torch__.Kernels, r: Tensor, x: Tensor, constants: Tensor) -> Tensor:
    beyond = (self).constant(constants, 5, )
    if torch.ne(beyond, 0.):
      over = torch.logical_or(torch.gt(torch.abs(r), (self).constant(constants, 1, )), torch.isinf(x))
      # Infinity, or infinity less infinity, with the sign of x.
      infinity = torch.copysign(torch.full_like(x, inf), x)
      if torch.eq(beyond, 2.):
        infinity = torch.sub(infinity, infinity)
      r = torch.where(over, infinity, r)
    if torch.eq((self).constant(constants, 6, ), 1.):
      r = torch.masked_fill_(r, torch.isnan(x), 0)
    if torch.eq((self).constant(constants, 7, ), 1.):
      r = torch.add_(r, 0)
    return r

  def piece(self: __torch__.Kernels, x: Tensor, y: Tensor, mode: int, constants: Tensor, numbers: List[float], plain: bool) -> Tensor:
    v = torch.clamp(x, torch.neg(numbers[0]), numbers[0])
    u = (self).unit(v, numbers[2], numbers[3], )
    r = (self).whole(torch.div_(v, u), mode, )
    if plain:
      _0 = torch.mul(r, u, out=y)
    else:
      _1 = torch.copy_(y, (self).special(torch.mul_(r, u), x, constants, ))
    return y

  # The same for halves to even, by a sum. Fewer passes, so larger pieces.
  def by_sum(self: __torch__.Kernels, x: Tensor, y: Tensor, constants: Tensor) -> Tensor:
    size = 524288
    sources = torch.split(torch.reshape(x, [-1]), size)
    targets = torch.split(torch.reshape(y, [-1]), size)
    bound = (self).constant(constants, 0, )
    smallest = (self).constant(constants, 2, )
    power = (self).constant(constants, 9, )
    factor = torch.sub(power, 1.)
    least = torch.mul(torch.mul(power, smallest), 1.5)
    values = torch.empty([ops.prim.min(torch.numel(x), size)], dtype=6, device=ops.prim.device(x))
    shifts = torch.empty_like(values)
    for i in range(torch.len(sources)):
      source = sources[i]
      n = torch.numel(source)
      v = torch.slice(values, 0, 0, n)
      t = torch.slice(shifts, 0, 0, n)
      _0 = torch.clamp(source, torch.neg(bound), bound, out=v)
      _1 = torch.clamp_min_(torch.mul_(torch.abs(v, out=t), factor), least)
      _2 = torch.sub_(torch.add_(v, t), t)
      _3 = torch.copysign(v, source, out=targets[i])
      if torch.eq((self).constant(constants, 6, ), 1.):
        _4 = torch.nan_to_num_(targets[i], 0.)
      if torch.eq((self).constant(constants, 7, ), 1.):
        _5 = torch.add_(targets[i], 0)
    return y

  def by_cast(self: __torch__.Kernels, x: Tensor, y: Tensor, constants: Tensor) -> Tensor:
    size = 524288
    sources = torch.split(torch.reshape(x, [-1]), size)
    targets = torch.split(torch.reshape(y, [-1]), size)
    bound = (self).constant(constants, 0, )
    values = torch.empty([ops.prim.min(torch.numel(x), size)], dtype=6, device=ops.prim.device(x))
    narrow = torch.empty_like(values, dtype=int((self).constant(constants, 10, )))
    for i in range(torch.len(sources)):
      source = sources[i]
      n = torch.numel(source)
      v = torch.slice(values, 0, 0, n)
      codes = torch.slice(narrow, 0, 0, n)
      _0 = torch.copy_(codes, torch.clamp(source, torch.neg(bound), bound, out=v))
      _1 = torch.copy_(targets[i], codes)
    return y

  def numbers(self: __torch__.Kernels, constants: Tensor) -> List[float]:
    return [(self).constant(constants, 0, ), (self).constant(constants, 1, ), (self).constant(constants, 2, ), (self).constant(constants, 3, )]

  def by_quotient(self: __torch__.Kernels, x: Tensor, y: Tensor, constants: Tensor) -> Tensor:
    size = 131072
    sources = torch.split(torch.reshape(x, [-1]), size)
    targets = torch.split(torch.reshape(y, [-1]), size)
    numbers = (self).numbers(constants, )
    mode = int((self).constant(constants, 4, ))
    specials = torch.add(torch.add((self).constant(constants, 5, ), (self).constant(constants, 6, )), (self).constant(constants, 7, ))
    plain = torch.eq(specials, 0.)
    for i in range(torch.len(sources)):
      _0 = (self).piece(sources[i], targets[i], mode, constants, numbers, plain, )
    return y

  def round(self: __torch__.Kernels, x: Tensor, constants: Tensor) -> Tensor:
    y = (self).surrogate(x, constants, )
    source = torch.detach(x)
    target = torch.detach(y)
    if torch.ne((self).constant(constants, 10, ), 0.):
      _0 = (self).by_cast(source, target, constants, )
    else:
      if torch.ne((self).constant(constants, 9, ), 0.):
        _1 = (self).by_sum(source, target, constants, )
      else:
        _2 = (self).by_quotient(source, target, constants, )
    return y

  # noise: uniform in [0, 1); a quotient rises to the next whole one where its fraction is at least 1 - noise
  def round_stochastic(self: __torch__.Kernels, x: Tensor, noise: Tensor, constants: Tensor) -> Tensor:
    y = (self).surrogate(x, constants, )
    fixed = torch.detach(x)
    numbers = (self).numbers(constants, )
    v = torch.clamp(fixed, torch.neg(numbers[0]), numbers[0])
    u = (self).unit(v, numbers[2], numbers[3], )
    q = torch.div_(v, u)
    lower = torch.floor(q)
    rises = torch.le(torch.rsub(noise, 1), torch.sub(q, lower))
    r = torch.mul_(torch.copysign(torch.add(lower, rises), q), u)
    _0 = torch.copy_(torch.detach(y), (self).special(r, fixed, constants, ))
    return y
