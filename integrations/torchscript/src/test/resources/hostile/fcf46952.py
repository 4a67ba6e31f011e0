self.self.self.self.
