package io.github.djlqat.gradle;

import java.util.Locale;
import java.util.Optional;

/** The name that DJL's natives of a platform go by. */
final class NativeClassifier {

    private NativeClassifier() {}

    /** Returns the name, or empty where DJL has no natives for the platform. */
    static Optional<String> of(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        boolean arm = osArch.equals("aarch64");
        boolean intel = osArch.equals("amd64") || osArch.equals("x86_64");
        if (os.startsWith("linux") && (arm || intel)) {
            return Optional.of(arm ? "linux-aarch64" : "linux-x86_64");
        }
        if (os.startsWith("mac") && arm) {
            return Optional.of("osx-aarch64");
        }
        return os.startsWith("windows") && intel ? Optional.of("win-x86_64") : Optional.empty();
    }
}
