@NullMarked
package io.tidegate.client;

import org.jspecify.annotations.NullMarked;
