/** What tests of every module share. */
@NullMarked
package io.tidegate.testing;

import org.jspecify.annotations.NullMarked;
