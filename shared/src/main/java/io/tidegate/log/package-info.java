/** The log of the process for operators: which lines, and in which format. */
@NullMarked
package io.tidegate.log;

import org.jspecify.annotations.NullMarked;
