/** The interface for tracing a request through a fleet. A runtime implements it. */
@NullMarked
package io.tidegate.tracing;

import org.jspecify.annotations.NullMarked;
