/** What the process writes for operators: which lines, and in which form. */
@NullMarked
package io.tidegate.log;

import org.jspecify.annotations.NullMarked;
