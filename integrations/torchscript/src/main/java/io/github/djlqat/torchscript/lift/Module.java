package io.github.djlqat.torchscript.lift;

import io.github.djlqat.torchscript.code.Program.ClassSource;
import io.github.djlqat.torchscript.pickle.ObjectValue;

/**
 * A module, or another object, of a running program.
 *
 * @param path the names that lead to it from the root, joined by dots, empty for the root
 * @param object its attributes
 * @param source its class
 */
record Module(String path, ObjectValue object, ClassSource source) {

    String nameOf(String attribute) {
        return path.isEmpty() ? attribute : path + '.' + attribute;
    }

    @Override
    public String toString() {
        return path.isEmpty() ? "the root module" : path;
    }
}
