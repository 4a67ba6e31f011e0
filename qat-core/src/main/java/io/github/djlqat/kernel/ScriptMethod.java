package io.github.djlqat.kernel;

/**
 * A method of a TorchScript module.
 *
 * @param module the module
 * @param name the method's name
 */
public record ScriptMethod(ScriptModule module, String name) {}
