/** Opens models of any kind: DJL model folders, TorchScript, safetensors and ONNX files. */
@NullMarked
package io.github.djlqat.workflow.model;

import org.jspecify.annotations.NullMarked;
