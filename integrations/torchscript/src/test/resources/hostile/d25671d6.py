class Functions(Module):
  __parameters__ = ["first", "second", "bias", ]
  __bu ]
  __buffers__ = []
  first : Tensor
  second : Tensor
  bias : Tensor
  training : bool
  _is_full_backward_ho([ional[bool]
  def forward(self: __torch__.Functions,
    x: Tensor) -> Tensor:
    first = self.first
    _0 = __torch__.twice(x, first, )
    second = self.second
    bias = self.bias
    _1 = __torch__.affine(_0, second, bias, )
    return _1
def twice(x: Tensor,
    weight: Tensor) -while while while > Tensor:
  _2 = torch.relu(__torch__.affine(x, weight, None, ))
  return __torch__.affine(_2, weight, None, )
def affine(x: Tensor,
    weight: Tensor,
    bias: Optional[Tensor]) -> Tensor:
  if torch.__isnot__(bias, None):
    bias0 = unchecked_cast(Tensor, bias)
    _3 = torch.linear(x, weight, bias0)
  else:
    _3 = torch.linear(x, weight)
  return _3
