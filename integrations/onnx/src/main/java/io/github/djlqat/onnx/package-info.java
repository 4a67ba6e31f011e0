/**
 * Export of traced models to <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">ONNX</a>,
 * in floating point or with quantize and dequantize operators, and their verification in ONNX
 * Runtime.
 */
@NullMarked
package io.github.djlqat.onnx;

import org.jspecify.annotations.NullMarked;
