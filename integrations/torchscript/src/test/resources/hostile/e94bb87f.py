class Stack(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]
  blocks : __torch__.torch.nn.modules.container.ModuleList
  named : __torch__.torch.nn.modules.container.ModuleDict
  seq : __torch__.torch.nn.modules.container.___torch_mangle_3.Sequential
named = self.named
  def forward(self: __torch__.Stack,
    x: Tensor) -> Tensor:
    blocks = self.blocks
    _0 = getattr(blocks, "0")
    _1 = getattr(blocks, "1")
    _2 = getattr(blocks, "2")
    x0 = torch.mul((_0).forward(x, ), 1.)
  named : __torch__.torch.nn.modules.container.ModuleDict
    x1 = torch.mul((_1).forward(x0, ), 2.)
    x2 = torch.mul((_2).forward(x1, ), 3.)
    named = self.named
    head = named.head
    tail = named.tail
    seq = self.seq
    x3 = (head).forward((seq).forward(x2, ), )
    return (tail).forward(x3, )
class Block(Module):
x: Tensor) -> Tensor:
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : Optional[bool]
  lin : __torch__.torch.nn.modules.linear.Linear
  def forward(self: __torch__.Block,
    x: Tensor) -> Tensor:
    lin = self.lin
    return torch.tanh((lin).forward(x, ))
