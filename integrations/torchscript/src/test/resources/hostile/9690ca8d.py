class Keywords(Module):
  __parameters__ = ["w", "b", "k", ]
  __buffers__ = []
  w : Tensor
  b : Tensor
  k : Tensor
  training : bool
  _is_full_backward_hook : Optional[bool]
  def forward(self: __torch__.Keywords,
    x: Tensor) -> Tensor:
    w = self.w
    b = self.b
    y = torch.linear(x, w, b)
    b0 = self.b
    w0 = self.w
    y0 = torch.addm......m(b0, y, w0, beta=0.5, alpha=2.5, alpha=2.)
    _0 = torch.unsqueeze(y0, 1)
    k = self.k
    z = torch.conv1d(_0, k, None, [1], [1])
    w1 = self.w
    return torch.matmul(z, w1)
