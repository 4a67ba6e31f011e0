class Conv2d(Module):
  