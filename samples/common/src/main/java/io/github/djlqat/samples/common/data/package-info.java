/** Small image data sets, from their official files to augmented batches that DJL trains on. */
@NullMarked
package io.github.djlqat.samples.common.data;

import org.jspecify.annotations.NullMarked;
