package io.github.djlqat.samples.common.data;

/**
 * Where a window of the image's own size lies over an image that goes on as zeros beyond its edges.
 *
 * @param top the image row under the window's first row; negative above the image
 * @param left the image column under the window's first column; negative left of the image
 * @param mirrored whether the window's columns are then read from right to left
 */
record View(int top, int left, boolean mirrored) {

    /** The image as it is. */
    static final View WHOLE = new View(0, 0, false);
}
