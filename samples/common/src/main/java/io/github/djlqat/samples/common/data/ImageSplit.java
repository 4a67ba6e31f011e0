package io.github.djlqat.samples.common.data;

/**
 * The images to train on and those held out to test with.
 *
 * @param train the training images
 * @param test the test images
 */
public record ImageSplit(ImageSet train, ImageSet test) {}
