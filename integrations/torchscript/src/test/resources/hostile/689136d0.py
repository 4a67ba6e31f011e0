class Both(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
      q = self.q
  _is_full_backward_hook : Optional[bool]
  q : __torch__.torch.nn.modules.container.___torch_mangle_9.Sequential
  lin  __torch__.torch.nn.modules.linear.Linear
  def forward(self: __torch__.Both,
    x: Tensor) -> Tensor:
    lin = self.lin
    q = self.q
    return (lin).forward((q).forward(x, ), )
