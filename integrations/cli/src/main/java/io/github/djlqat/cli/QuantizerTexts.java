package io.github.djlqat.cli;

import io.github.djlqat.workflow.QuantizerInfo;

/** Scales as people read them. */
final class QuantizerTexts {

    private QuantizerTexts() {}

    static String scales(QuantizerInfo quantizer) {
        if (quantizer.scales() == 0) {
            return "none yet";
        }
        String smallest = Texts.small(quantizer.smallestScale());
        return quantizer.scales() == 1
                ? smallest
                : quantizer.scales()
                        + " from "
                        + smallest
                        + " to "
                        + Texts.small(quantizer.largestScale());
    }
}
