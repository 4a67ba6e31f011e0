class A(Enum):
  a = 1
  __annotations__[x]
