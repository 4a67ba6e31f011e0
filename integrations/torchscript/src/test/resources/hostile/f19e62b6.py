class A(Module):
  __annotations__[x]
