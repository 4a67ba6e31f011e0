package io.github.djlqat.recipe;

/** The place of a layer with weights in the order of execution. */
public enum Position {
    /** The layer that is executed first. */
    FIRST,
    /** The layer that is executed last. */
    LAST
}
