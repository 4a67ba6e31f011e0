/** Drawings as values, and what makes SVG and pictures of them. */
@NullMarked
package io.github.djlqat.report.drawing;

import org.jspecify.annotations.NullMarked;
