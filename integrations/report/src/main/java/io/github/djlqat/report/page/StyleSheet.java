package io.github.djlqat.report.page;

import io.github.djlqat.report.drawing.Ink;
import io.github.djlqat.report.drawing.Palette;

/** The style sheet of the page: its own file, and what the palettes say. */
final class StyleSheet {

    private StyleSheet() {}

    static String text() {
        StringBuilder css = new StringBuilder();
        css.append(":root{").append(variables(Palette.LIGHT)).append("}\n");
        css.append("@media screen and (prefers-color-scheme: dark){:root{")
                .append(variables(Palette.DARK))
                .append("}}\n");
        for (Ink ink : Ink.values()) {
            String name = ink.cssName();
            css.append(".fill-" + name + "{fill:var(--" + name + ")}");
            css.append(".stroke-" + name + "{stroke:var(--" + name + ")}\n");
        }
        return css + Resources.read("report.css");
    }

    private static String variables(Palette palette) {
        StringBuilder css = new StringBuilder();
        for (Ink ink : Ink.values()) {
            css.append("--" + ink.cssName() + ":" + palette.color(ink).hex() + ";");
        }
        return css.toString();
    }
}
