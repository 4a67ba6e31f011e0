package io.github.djlqat.convention;

import java.util.Objects;

/**
 * Everything that two quantizers of one format and granularity can still differ by.
 *
 * <p>{@link Conventions} holds those of the usual runtimes; others are composed of their parts.
 *
 * @param name the name by which messages and recipes call it
 * @param scales how scales and zero points are chosen
 * @param arithmetic how values become codes
 */
public record Convention(String name, ScaleChoice scales, CodeArithmetic arithmetic) {

    /**
     * Checks that every part is there.
     *
     * @param name the name by which messages and recipes call it
     * @param scales how scales and zero points are chosen
     * @param arithmetic how values become codes
     */
    public Convention {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(scales, "scales");
        Objects.requireNonNull(arithmetic, "arithmetic");
    }

    /**
     * Returns a convention of another name that chooses scales otherwise.
     *
     * @param newName the name
     * @param newScales how scales and zero points are chosen
     * @return the convention
     */
    public Convention with(String newName, ScaleChoice newScales) {
        return new Convention(newName, newScales, arithmetic);
    }

    /**
     * Returns a convention of another name that computes codes otherwise.
     *
     * @param newName the name
     * @param newArithmetic how values become codes
     * @return the convention
     */
    public Convention with(String newName, CodeArithmetic newArithmetic) {
        return new Convention(newName, scales, newArithmetic);
    }

    /**
     * Tells whether scales may be negative.
     *
     * @return whether the largest value may be mapped to the lowest code
     */
    public boolean hasSignedScales() {
        return scales.symmetric() == SymmetricRule.SIGNED_MAX;
    }

    @Override
    public String toString() {
        return name;
    }
}
