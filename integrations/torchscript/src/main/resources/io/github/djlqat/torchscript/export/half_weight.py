# A weight in 16 bits, which becomes one of 32 when the module is loaded.
class HalfWeight(Module):
  __parameters__ = []
  __buffers__ = ["half", "weight", ]
  training : bool
  half : Tensor
  weight : Tensor
  def __getstate__(self: __torch__.HalfWeight) -> Tuple[Tensor, bool]:
    return (self.half, self.training)
  def __setstate__(self: __torch__.HalfWeight,
    state: Tuple[Tensor, bool]) -> NoneType:
    half, training, = state
    self.half = half
    self.training = training
    self.weight = torch.to(half, 6)
    return None
