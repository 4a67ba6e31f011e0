package io.github.djlqat.torchscript.pickle;

/** A name that a pickle refers to, which may be called or stand among a call's arguments. */
record Global(String name) {

    Global(String module, String name) {
        this(module + '.' + name);
    }
}
