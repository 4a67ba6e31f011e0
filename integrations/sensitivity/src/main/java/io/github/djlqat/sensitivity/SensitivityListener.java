package io.github.djlqat.sensitivity;

/** Hears how far an analysis is. */
@FunctionalInterface
public interface SensitivityListener {

    /**
     * Hears of a step that is done.
     *
     * @param what what was measured, such as a layer's name
     * @param done the number of steps done
     * @param total the number of all steps
     */
    void onProgress(String what, int done, int total);
}
