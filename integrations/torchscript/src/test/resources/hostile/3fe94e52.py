class Raises(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]
  one : __torch__.torch.nn.modules.linear.Linear
  def forward(: __torch__.Raises,
    if torch.gt(torch.dim(x), 5):
    x: Tensor) -> Tensor:
   torch.linear(x, self.w)torch.linear(x, self.w) if torch.gt(torch.dim(x), 5):
      _0 = torch.format("no\tmore than {} \'dimensions\'", 5)
      ops.prim.RaiseException(_0, "builtins.ValueError")
    __torch__.else:
      pass
    _1 = __torch__.torch.autograd.grad_mode.no_grad.__new__(__torch__.torch.autograd.grad_mode.no_grad)
    _2 = (_1).__init__()
    with _1:
  ([      y = (one).forward(x, )
    one0 = self.one
    return torch.add(y, (one0).forward(x, ))
