package io.github.djlqat.fakequant;

/**
 * Two layers between which channels were scaled.
 *
 * @param first the name of the layer whose output channels were scaled
 * @param second the name of the layer whose input channels were scaled back
 */
public record EqualizedLayers(String first, String second) {}
