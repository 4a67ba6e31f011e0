# Quantization kernels in TorchScript's serialization dialect. Each method runs as one call from Java, and autograd
# flows through it.
#
# The idea shared by all of them: clamping records exactly the gradient that is wanted (1 inside the range, 0 outside),
# and its backward needs only its input. So clamp first, then overwrite the clamped values in place, through a detached
# alias that autograd does not watch, with the quantized ones. A clamped value rounds to the same code as an unclamped
# one, because both scaling and rounding are monotone and a bound is within half a step of its own code.
#
# Memory traffic is what these cost on a CPU, so each pass over x counts, and all but the recorded one are in place.
#
# Arguments: x of any shape; scale and zero_point of one element, or broadcast against x; codes is (qmin, qmax) and
# infinities (-inf, inf), both on the CPU.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Rounds clamped values to whole steps, in place, in pieces that stay in the processor's cache.
  def round_steps(self: __torch__.Kernels, values: Tensor, s: Tensor) -> Tensor:
    inverse = torch.reciprocal(s)
    pieces = [values]
    if torch.gt(torch.numel(values), 2097152):
      if torch.is_contiguous(values):
        pieces = torch.split(torch.view(values, [-1]), 262144)
    for i in range(torch.len(pieces)):
      _0 = torch.mul_(torch.round_(torch.mul_(pieces[i], inverse)), s)
    return values

  # One scale, on the CPU, where reading it costs nothing. hardtanh's backward is one fused pass, where clamp's makes
  # two masks, joins and applies them. But it gives no gradient at the bounds themselves, so the bounds move outwards by
  # one unit in the last place, which rounds to the same codes.
  def fake_quantize_per_tensor(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, codes: Tensor, infinities: Tensor) -> Tensor:
    s = torch.reshape(torch.detach(scale), annotate(List[int], []))
    z = torch.reshape(torch.detach(zero_point), annotate(List[int], []))
    bounds = torch.nextafter(torch.mul(torch.sub(codes, z), s), infinities)
    y = torch.hardtanh(x, float(torch.select(bounds, 0, 0)), float(torch.select(bounds, 0, 1)))
    _0 = (self).round_steps(torch.detach(y), s, )
    return y

  # x with the gradient of what lies inside the range, to be overwritten. The backward of clamp with bounds that are tensors
  # is four passes, that of where one.
  def inside_only(self: __torch__.Kernels, x: Tensor, inside: Tensor) -> Tensor:
    return torch.where(inside, x, 0)

  # The same for large arrays, in pieces along the first axis that stay in the cache.
  def broadcast_by_pieces(self: __torch__.Kernels, x: Tensor, s: Tensor, lo: Tensor, hi: Tensor) -> Tensor:
    constant = torch.detach(x)
    values = torch.empty_like(x)
    inside = torch.empty_like(x, dtype=11)
    inverse = torch.reciprocal(s)
    rows = torch.size(x, 0)
    each = ops.prim.max(1, torch.floordiv(torch.mul(rows, 262144), torch.numel(x)))
    one = True
    if torch.gt(torch.dim(s), 0):
      one = torch.eq(torch.size(s, 0), 1)
    start = 0
    for i in range(torch.floordiv(torch.sub(torch.add(rows, each), 1), each)):
      end = ops.prim.min(torch.add(start, each), rows)
      source = torch.slice(constant, 0, start, end)
      target = torch.slice(values, 0, start, end)
      least, greatest, step, per_step = lo, hi, s, inverse
      if torch.__not__(one):
        least = torch.slice(lo, 0, start, end)
        greatest = torch.slice(hi, 0, start, end)
        step = torch.slice(s, 0, start, end)
        per_step = torch.slice(inverse, 0, start, end)
      _0 = torch.clamp(source, least, greatest, out=target)
      _1 = torch.eq(target, source, out=torch.slice(inside, 0, start, end))
      _2 = torch.mul_(torch.round_(torch.mul_(target, per_step)), step)
      start = end
    y = (self).inside_only(x, inside, )
    _3 = torch.copy_(torch.detach(y), values)
    return y

  # Many scales, or one that should not be read because it lies on an accelerator.
  def fake_quantize_broadcast(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, codes: Tensor) -> Tensor:
    s = torch.detach(scale)
    z = torch.detach(zero_point)
    if torch.eq(torch.numel(s), 1):
      s = torch.reshape(s, annotate(List[int], []))
      z = torch.reshape(z, annotate(List[int], []))
    lo = torch.mul(torch.sub(torch.select(codes, 0, 0), z), s)
    hi = torch.mul(torch.sub(torch.select(codes, 0, 1), z), s)
    if torch.gt(torch.numel(x), 2097152):
      y = (self).broadcast_by_pieces(x, s, lo, hi, )
    else:
      constant = torch.detach(x)
      clamped = torch.clamp(constant, lo, hi)
      y = (self).inside_only(x, torch.eq(clamped, constant), )
      _0 = torch.round_(torch.mul_(clamped, torch.reciprocal(s)))
      _1 = torch.mul(clamped, s, out=torch.detach(y))
    return y

  # The learned step size. With the rounding error held constant, y is homogeneous of degree one in (x, s), so
  # s dy/ds = y - x dy/dx: the quantized value less the input where that is inside the range. The last line adds a zero
  # whose derivative by the scale is this; its backward is one product and one sum.
  def fake_quantize_learned_per_tensor(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, codes: Tensor, infinities: Tensor, gradient_scale: Tensor) -> Tensor:
    step_size = torch.reshape(scale, annotate(List[int], []))
    s = torch.detach(step_size)
    z = torch.reshape(torch.detach(zero_point), annotate(List[int], []))
    bounds = torch.nextafter(torch.mul(torch.sub(codes, z), s), infinities)
    lo = float(torch.select(bounds, 0, 0))
    hi = float(torch.select(bounds, 0, 1))
    y = torch.hardtanh(x, lo, hi)
    values = (self).round_steps(torch.detach(y), s, )
    # hardtanh's backward applied to x itself is x inside and 0 outside, in one pass.
    constant = torch.detach(x)
    slope = torch.sub_(torch.hardtanh_backward(constant, constant, lo, hi), values)
    return torch.addcmul_(y, slope, torch.mul(torch.sub(s, step_size), torch.div(gradient_scale, s)))

  def fake_quantize_learned_broadcast(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, codes: Tensor, gradient_scale: Tensor) -> Tensor:
    step_size = scale
    z = torch.detach(zero_point)
    if torch.eq(torch.numel(scale), 1):
      step_size = torch.reshape(scale, annotate(List[int], []))
      z = torch.reshape(z, annotate(List[int], []))
    s = torch.detach(step_size)
    lo = torch.mul(torch.sub(torch.select(codes, 0, 0), z), s)
    hi = torch.mul(torch.sub(torch.select(codes, 0, 1), z), s)
    constant = torch.detach(x)
    clamped = torch.clamp(constant, lo, hi)
    inside = torch.eq(clamped, constant)
    y = (self).inside_only(x, inside, )
    slope = torch.where(inside, constant, 0)
    _0 = torch.mul_(clamped, torch.reciprocal(s))
    _1 = torch.round_(clamped)
    _2 = torch.mul(clamped, s, out=torch.detach(y))
    _3 = torch.sub_(slope, torch.detach(y))
    return torch.addcmul_(y, slope, torch.mul(torch.sub(s, step_size), torch.div(gradient_scale, s)))

  # The least and the greatest element in one pass: a tensor of two elements.
  def range(self: __torch__.Kernels, x: Tensor) -> Tensor:
    least, greatest = torch.aminmax(torch.detach(x))
    return torch.stack([least, greatest])
