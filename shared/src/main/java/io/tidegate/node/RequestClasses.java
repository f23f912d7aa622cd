package io.tidegate.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Loads the classes that connections need, before the first connection comes.
 *
 * <p>If a connection's virtual thread is the first to need a class, this thread loads the class. While it waits for a
 * lock of the class loader, it keeps its carrier thread (JEP 491, the remaining cases of pinning). There are as many
 * carrier threads as processors. If all of them are kept in this way, and the next owner of the lock is a virtual thread
 * that waits for a carrier thread, all of these threads wait forever: docs/decisions/0033.
 *
 * <p>The names are in {@value #LISTS}. Each module with such classes has a list, with one name a line. A class that is
 * missing in the list is loaded when it is needed; the contract tests report it.
 */
public final class RequestClasses {
    /** The name of each list on the class path. */
    public static final String LISTS = "META-INF/tidegate/request-classes.txt";

    private RequestClasses() {}

    /** Loads all classes in the lists on the class path, without initializing them. To be called on a platform thread. */
    public static void load() {
        ClassLoader loader = RequestClasses.class.getClassLoader();
        names(loader).forEach(name -> load(name, loader));
    }

    /** The names in all lists that this class loader finds. */
    public static List<String> names(ClassLoader loader) {
        List<String> names = new ArrayList<>();
        try {
            for (URL list : Collections.list(loader.getResources(LISTS))) {
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(list.openStream(), UTF_8))) {
                    lines.lines().forEach(names::add);
                }
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(LISTS, e);
        }
    }

    private static void load(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            // An application may leave out a library or use another version of it. It then does not need this class.
        }
    }
}
