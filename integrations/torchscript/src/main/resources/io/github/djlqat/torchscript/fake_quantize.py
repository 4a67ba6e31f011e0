
# Rounds a tensor to the codes of a number format and back. Every quantizer of a model is an instance of this one class,
# whatever its format, so that modules that share a class can be quantized differently.
#
# mode: 0 passes the tensor on, 1 passes it on and keeps it to be observed, 2 rounds, 3 rounds and while gradients are
# recorded takes the scale from the tensor first.
class FakeQuantize(Module):
  __parameters__ = ["learned_scale", ]
  __buffers__ = ["scale", "zero_point", "codes", "infinities", "limits", "observed", "fold_gamma", "fold_variance", ]
  learned_scale : Optional[Tensor]
  scale : Tensor
  zero_point : Tensor
  codes : Tensor
  infinities : Tensor
  limits : Tensor
  observed : Tensor
  training : bool
  name : str
  tensor : str
  recipe : str
  transposed : bool
  alone : bool
  index : int
  mode : int
  weight : bool
  single : bool
  affine : bool
  range_only : bool
  channel_axis : int
  reduced : List[int]
  groups : List[int]
  fold_gamma : Tensor
  fold_variance : Tensor
  fold_epsilon : float
  folds : bool
  fold_signs : bool
  kernels : __torch__.djlqat.Kernels

  def forward(self: __torch__.djlqat.FakeQuantize, x: Tensor) -> Tensor:
    mode = self.mode
    if torch.eq(mode, 0):
      y = x
    else:
      dense = torch.is_floating_point(x)
      if ops.prim.is_sparse(x):
        dense = False
      if dense:
        if torch.eq(mode, 1):
          _0 = (self).observe(torch.detach(x), )
          y = x
        else:
          y = (self).quantize(x, )
      else:
        y = x
    return y

  # Arrays of several calls in one forward are observed as one.
  def observe(self: __torch__.djlqat.FakeQuantize, x: Tensor) -> NoneType:
    weight = self.weight
    if weight:
      self.observed = torch.to(torch.clone(x), 6)
    else:
      if torch.gt(torch.numel(x), 0):
        values = torch.to(torch.reshape(x, [-1]), 6)
        range_only = self.range_only
        if range_only:
          least, greatest = torch.aminmax(values)
          values = torch.stack([least, greatest])
        observed = self.observed
        self.observed = torch.cat([observed, values])
    return None

  def quantize(self: __torch__.djlqat.FakeQuantize, x: Tensor) -> Tensor:
    groups = self.groups
    folds = self.folds
    grouped = x
    factor = self.fold_gamma
    if folds:
      factor = (self).fold_factor(torch.dim(x), )
      grouped = torch.mul(x, factor)
    if torch.gt(torch.len(groups), 0):
      grouped = torch.reshape(grouped, groups)
    mode = self.mode
    if torch.eq(mode, 3):
      if torch.is_grad_enabled():
        _0 = (self).follow(torch.detach(grouped), )
    dtype = ops.prim.dtype(x)
    exact = torch.to(grouped, 6)
    learned_scale = self.learned_scale
    if torch.__isnot__(learned_scale, None):
      step = unchecked_cast(Tensor, learned_scale)
      y = (self).learned(exact, step, torch.size(x), )
    else:
      y = (self).fixed(exact, )
    z = torch.reshape(y, torch.size(x))
    if folds:
      z = torch.div(z, factor)
    return torch.to(z, dtype)

  # A weight is quantized as if the BatchNorm behind its layer were folded into it, by a factor for each channel.
  def fold_factor(self: __torch__.djlqat.FakeQuantize, dimensions: int) -> Tensor:
    deviation = torch.sqrt(torch.add(torch.detach(self.fold_variance), self.fold_epsilon))
    factor = torch.div(torch.detach(self.fold_gamma), deviation)
    fold_signs = self.fold_signs
    if fold_signs:
      factor = torch.rsub(torch.mul(torch.to(torch.lt(factor, 0), 6), 2.), 1.)
    off = torch.lt(torch.abs(factor), 9.9999999999999998e-13)
    factor = torch.where(off, torch.ones_like(factor), factor)
    shape = annotate(List[int], [])
    for i in range(dimensions):
      _0 = torch.append(shape, 1)
    _1 = torch._set_item(shape, self.channel_axis, -1)
    return torch.reshape(factor, shape)

  def fixed(self: __torch__.djlqat.FakeQuantize, x: Tensor) -> Tensor:
    kernels = self.kernels
    single = self.single
    fast = single
    if ops.prim.is_cuda(x):
      fast = False
    if fast:
      y = (kernels).fake_quantize_per_tensor(x, self.scale, self.zero_point, self.codes, self.infinities, )
    else:
      y = (kernels).fake_quantize_broadcast(x, self.scale, self.zero_point, self.codes, )
    return y

  # The gradient of the scale is scaled by 1 / sqrt(N Qp) for N features that share it.
  def learned(self: __torch__.djlqat.FakeQuantize, x: Tensor, step: Tensor, shape: List[int]) -> Tensor:
    kernels = self.kernels
    weight = self.weight
    whole = torch.numel(x)
    shares = torch.numel(step)
    if torch.__not__(weight):
      if torch.gt(torch.len(shape), 1):
        shares = ops.prim.max(1, shape[0])
    features = torch.mul(torch.div(whole, shares), float(torch.select(self.codes, 0, 1)))
    gradient_scale = torch.reshape(torch.tensor([torch.pow(ops.prim.max(1., features), -0.5)], dtype=6, device=ops.prim.device(x)), annotate(List[int], []))
    # Training must not carry a scale to zero and beyond: it keeps a thousandth of what it began with.
    least = torch.mul(self.scale, 0.001)
    held = torch.detach(step)
    if bool(torch.any(torch.lt(held, least))):
      _0 = torch.copy_(held, torch.maximum(held, least))
    single = self.single
    fast = single
    if ops.prim.is_cuda(x):
      fast = False
    if fast:
      y = (kernels).fake_quantize_learned_per_tensor(x, step, self.zero_point, self.codes, self.infinities, gradient_scale, )
    else:
      y = (kernels).fake_quantize_learned_broadcast(x, step, self.zero_point, self.codes, gradient_scale, )
    return y

  # A weight is known whole; of an activation, a moving average of the range is kept.
  def follow(self: __torch__.djlqat.FakeQuantize, x: Tensor) -> NoneType:
    qmin = torch.select(self.codes, 0, 0)
    qmax = torch.select(self.codes, 0, 1)
    span = torch.sub(qmax, qmin)
    if torch.gt(torch.numel(x), 0):
      weight = self.weight
      if weight:
        least = torch.clamp(torch.amin(x, self.reduced, True), None, 0)
        greatest = torch.clamp(torch.amax(x, self.reduced, True), 0)
      else:
        a, b = torch.aminmax(x)
        limits = self.limits
        _0 = torch.add_(limits, torch.mul(torch.sub(torch.stack([a, b]), limits), 0.01))
        least = torch.clamp(torch.select(limits, 0, 0), None, 0)
        greatest = torch.clamp(torch.select(limits, 0, 1), 0)
      affine = self.affine
      if affine:
        scale = torch.clamp(torch.div(torch.sub(greatest, least), span), 1.1920928955078125e-07)
        zero_point = torch.clamp(torch.sub(qmin, torch.round(torch.div(least, scale))), float(qmin), float(qmax))
        _1 = torch.copy_(self.zero_point, torch.reshape(zero_point, torch.size(self.zero_point)))
      else:
        if bool(torch.lt(qmin, 0)):
          scale = torch.clamp(torch.div(torch.maximum(torch.neg(least), greatest), torch.mul(span, 0.5)), 1.1920928955078125e-07)
        else:
          scale = torch.clamp(torch.div(greatest, qmax), 1.1920928955078125e-07)
      _2 = torch.copy_(self.scale, torch.reshape(scale, torch.size(self.scale)))
    return None

  def set_mode(self: __torch__.djlqat.FakeQuantize, mode: int) -> NoneType:
    self.mode = mode
    self.observed = torch.slice(self.infinities, 0, 0, 0)
    return None

  # What calibration sets: the learned scale or once more the scale, the scale, the zero point, the range.
  def state(self: __torch__.djlqat.FakeQuantize) -> List[Tensor]:
    learned_scale = self.learned_scale
    if torch.__isnot__(learned_scale, None):
      first = unchecked_cast(Tensor, learned_scale)
    else:
      first = self.scale
    return [first, self.scale, self.zero_point, self.limits]

  def assign(self: __torch__.djlqat.FakeQuantize, values: List[Tensor]) -> NoneType:
    learned_scale = self.learned_scale
    if torch.__isnot__(learned_scale, None):
      first = unchecked_cast(Tensor, learned_scale)
      _0 = torch.copy_(torch.detach(first), torch.reshape(values[0], torch.size(first)))
    _1 = torch.copy_(self.scale, torch.reshape(values[1], torch.size(self.scale)))
    _2 = torch.copy_(self.zero_point, torch.reshape(values[2], torch.size(self.zero_point)))
    _3 = torch.copy_(self.limits, values[3])
    return None

  # A stored weight as it is multiplied, and as it is stored.
  def round(self: __torch__.djlqat.FakeQuantize, x: Tensor) -> Tensor:
    return torch.to((self).quantize(torch.detach(x), ), 6)

  def round_transposed(self: __torch__.djlqat.FakeQuantize, x: Tensor) -> Tensor:
    return torch.to(torch.transpose((self).quantize(torch.transpose(torch.detach(x), -2, -1), ), -2, -1), 6)
