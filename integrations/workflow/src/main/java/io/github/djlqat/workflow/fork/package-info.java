/**
 * Runs tasks in a process of their own, as build tools do: a build's process stays free of native
 * code, and lives on whatever the engine does.
 */
@NullMarked
package io.github.djlqat.workflow.fork;

import org.jspecify.annotations.NullMarked;
