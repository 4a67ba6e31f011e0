# A weight as integer codes, 8 / bits of them in a byte, first in the lowest bits. It becomes floats
# when the module is loaded: (code - zero) * scale. Scales and zeros broadcast over the weight; where
# groups of elements along an axis share one, "group" holds their size for each axis. A zero that all
# share has no axes.
class PackedWeight(Module):
  __parameters__ = []
  __buffers__ = ["codes", "scale", "zero", "weight", ]
  training : bool
  codes : Tensor
  scale : Tensor
  zero : Tensor
  shape : List[int]
  group : List[int]
  bits : int
  weight : Tensor
  def __getstate__(self: __torch__.PackedWeight) -> Tuple[Tensor, Tensor, Tensor, List[int], List[int], int, bool]:
    return (self.codes, self.scale, self.zero, self.shape, self.group, self.bits, self.training)
  def __setstate__(self: __torch__.PackedWeight,
    state: Tuple[Tensor, Tensor, Tensor, List[int], List[int], int, bool]) -> NoneType:
    codes, scale, zero, shape, group, bits, training, = state
    self.codes = codes
    self.scale = scale
    self.zero = zero
    self.shape = shape
    self.group = group
    self.bits = bits
    self.training = training
    parts = annotate(List[Tensor], [])
    mask = torch.sub(torch.__lshift__(1, bits), 1)
    for i in range(torch.floordiv(8, bits)):
      part = torch.bitwise_and(torch.bitwise_right_shift(codes, torch.mul(i, bits)), mask)
      _0 = torch.append(parts, part)
    count = 1
    for j in range(torch.len(shape)):
      count = torch.mul(count, shape[j])
    flat = torch.slice(torch.flatten(torch.stack(parts, -1), 0, -1), 0, 0, count)
    for axis in range(torch.len(group)):
      if torch.gt(group[axis], 1):
        scale = torch.slice(torch.repeat_interleave(scale, group[axis], axis), axis, 0, shape[axis])
        if torch.gt(torch.dim(zero), 0):
          zero = torch.slice(torch.repeat_interleave(zero, group[axis], axis), axis, 0, shape[axis])
    floats = torch.to(torch.reshape(flat, shape), 6)
    self.weight = torch.mul(torch.sub(floats, zero), scale)
    return None
