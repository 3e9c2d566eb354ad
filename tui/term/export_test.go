package term

// Touched is how many cells the last Take touched.
func (s *Screen) Touched() int { return s.touched }
