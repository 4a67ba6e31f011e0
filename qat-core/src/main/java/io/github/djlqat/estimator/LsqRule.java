package io.github.djlqat.estimator;

/** Which side of learned step size quantization an input exactly at a bound of the range is on. */
public enum LsqRule {
    /**
     * Outside, as the paper writes: \( \partial \hat v / \partial v = 1 \) where \( -Q_N \lt v/s
     * \lt Q_P \).
     */
    PAPER,
    /**
     * Inside, as autograd's derivative of clamping and the hand-written backward known as "Method
     * 2" have it: \( v/s \lt -Q_N \) and \( v/s \gt Q_P \) are outside.
     */
    METHOD_2
}
