package io.github.djlqat.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a field that a recipe's text cannot leave out. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Required {}
