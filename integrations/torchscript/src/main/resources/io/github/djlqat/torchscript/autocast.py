# Half precision is slow on processors: its operands and results are rounded there, and computed with in single precision.
def simulated(x: Tensor,
    type: int) -> bool:
  return torch.__and__(torch.eq(type, 5), torch.__not__(ops.prim.is_cuda(x)))
def operand(x: Tensor,
    type: int) -> Tensor:
  if torch.eq(ops.prim.dtype(x), 6):
    y = torch.to(x, type)
    if __torch__.djlqat_autocast.simulated(x, type, ):
      y0 = torch.to(y, 6)
    else:
      y0 = y
  else:
    y0 = x
  return y0
def optional_operand(x: Optional[Tensor],
    type: int) -> Optional[Tensor]:
  if torch.__is__(x, None):
    y = annotate(Optional[Tensor], None)
  else:
    x0 = unchecked_cast(Tensor, x)
    z = __torch__.djlqat_autocast.operand(x0, type, )
    y = annotate(Optional[Tensor], z)
  return y
def operands(x: List[Tensor],
    type: int) -> List[Tensor]:
  y = annotate(List[Tensor], [])
  for i in range(torch.len(x)):
    _0 = torch.append(y, __torch__.djlqat_autocast.operand(x[i], type, ))
  return y
def result(x: Tensor,
    type: int) -> Tensor:
  if torch.eq(ops.prim.dtype(x), type):
    y = torch.to(x, 6)
  else:
    if torch.__and__(torch.eq(ops.prim.dtype(x), 6), __torch__.djlqat_autocast.simulated(x, type, )):
      y = torch.to(torch.to(x, 5), 6)
    else:
      y = x
  return y
def two_results(x: Tuple[Tensor, Tensor],
    type: int) -> Tuple[Tensor, Tensor]:
  a, b, = x
  return (__torch__.djlqat_autocast.result(a, type, ), __torch__.djlqat_autocast.result(b, type, ))
def three_results(x: Tuple[Tensor, Tensor, Tensor],
    type: int) -> Tuple[Tensor, Tensor, Tensor]:
  a, b, c, = x
  d, e, = __torch__.djlqat_autocast.two_results((b, c), type, )
  return (__torch__.djlqat_autocast.result(a, type, ), d, e)
