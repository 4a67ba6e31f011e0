def operand(x: Tensor,
    type: int) -> Tensor:
  if torch.eq(ops.prim.dtype(x), 6):
    y = torch.to(x, type)
  else:
    y = x
  return y
def optional_operand(x: Optional[Tensor],
    type: int) -> Optional[Tensor]:
  if torch.__is__(x, None):
    y = annotate(Optional[Tensor], None)
  else:
    x0 = unchecked_cast(Tensor, x)
    if torch.eq(ops.prim.dtype(x0), 6):
      z = torch.to(x0, type)
    else:
      z = x0
    y = annotate(Optional[Tensor], z)
  return y
def result(x: Tensor,
    type: int) -> Tensor:
  if torch.eq(ops.prim.dtype(x), type):
    y = torch.to(x, 6)
  else:
    y = x
  return y
