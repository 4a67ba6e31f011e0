package io.github.djlqat.observer;

/** The refusals that all observers share. */
final class Mismatch {

    private Mismatch() {}

    static IllegalArgumentException merge(Observer one, Observer other) {
        return new IllegalArgumentException(
                "Cannot merge "
                        + describe(one)
                        + " with "
                        + describe(other)
                        + "; only observers of the same kind, scheme and settings merge.");
    }

    static IllegalArgumentException state(Observer observer, ObserverState state) {
        return new IllegalArgumentException(
                "A state of kind "
                        + state.getClass().getSimpleName()
                        + " does not fit "
                        + describe(observer)
                        + ", whose states are of kind "
                        + observer.state().getClass().getSimpleName()
                        + ".");
    }

    private static String describe(Observer observer) {
        return observer.getClass().getSimpleName() + " for " + observer.scheme();
    }
}
