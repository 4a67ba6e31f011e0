# Quantization kernels in TorchScript's serialization dialect. Each method runs as one call from Java, and autograd
# flows through it.
#
# The idea shared by all of them: clamping records exactly the gradient that is wanted (1 inside the range, 0 outside),
# and its backward needs only its input. So clamp first, then overwrite the clamped values in place, behind autograd's
# back, with the quantized ones. A clamped value rounds to the same code as an unclamped one, because both scaling and
# rounding are monotone and a bound is within half a step of its own code.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # x: any shape; scale, zero_point: one element each; codes: (qmin, qmax); infinities: (-inf, inf).
  def fake_quantize_per_tensor(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, codes: Tensor, infinities: Tensor) -> Tensor:
    s = torch.reshape(torch.detach(scale), annotate(List[int], []))
    z = torch.reshape(torch.detach(zero_point), annotate(List[int], []))
    # hardtanh's backward is one fused pass, where clamp's makes two masks, joins and applies them. But it gives no
    # gradient at the bounds themselves, so the bounds move outwards by one unit in the last place.
    bounds = torch.nextafter(torch.mul(torch.sub(codes, z), s), infinities)
    y = torch.hardtanh(x, float(torch.select(bounds, 0, 0)), float(torch.select(bounds, 0, 1)))
    values = torch.detach(y)
    _0 = torch.mul_(values, torch.reciprocal(s))
    _1 = torch.round_(values)
    _2 = torch.mul_(values, s)
    return y

  # scale, zero_point: broadcast against x.
  def fake_quantize_broadcast(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, codes: Tensor, infinities: Tensor) -> Tensor:
    s = torch.detach(scale)
    z = torch.detach(zero_point)
    if torch.eq(torch.numel(s), 1):
      s = torch.reshape(s, annotate(List[int], []))
      z = torch.reshape(z, annotate(List[int], []))
    lo = torch.mul(torch.sub(torch.select(codes, 0, 0), z), s)
    hi = torch.mul(torch.sub(torch.select(codes, 0, 1), z), s)
    y = torch.clamp(x, lo, hi)
    values = torch.detach(y)
    _0 = torch.mul_(values, torch.reciprocal(s))
    _1 = torch.round_(values)
    _2 = torch.mul_(values, s)
    return y

  # The learned step size: y is homogeneous of degree one in (x, s), so dy/ds = (y - x [inside]) / s.
  def fake_quantize_learned_broadcast(self: __torch__.Kernels, x: Tensor, scale: Tensor, zero_point: Tensor, codes: Tensor, infinities: Tensor, gradient_scale: Tensor) -> Tensor:
    step_size = scale
    z = torch.detach(zero_point)
    if torch.eq(torch.numel(scale), 1):
      step_size = torch.reshape(scale, annotate(List[int], []))
      z = torch.reshape(z, annotate(List[int], []))
    s = torch.detach(step_size)
    lo = torch.mul(torch.sub(torch.select(codes, 0, 0), z), s)
    hi = torch.mul(torch.sub(torch.select(codes, 0, 1), z), s)
    clamped = torch.clamp(x, lo, hi)
    constant = torch.detach(x)
    inside = torch.eq(torch.detach(clamped), constant)
    quantized = torch.mul_(torch.round_(torch.mul(torch.detach(clamped), torch.reciprocal(s))), s)
    slope = torch.div(torch.where(inside, torch.sub(quantized, constant), quantized), s)
    # Zero in value; its derivative carries the gradient to the scale.
    step = torch.mul(torch.sub(step_size, s), gradient_scale)
    y = torch.addcmul(clamped, slope, step)
    _0 = torch.copy_(torch.detach(y), quantized)
    return y

  # The least and the greatest element in one pass: a tensor of two elements.
  def range(self: __torch__.Kernels, x: Tensor) -> Tensor:
    least, greatest = torch.aminmax(torch.detach(x))
    return torch.stack([least, greatest])
