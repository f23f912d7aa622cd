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
 * <p>Where a connection's virtual thread is the first to need a class, it loads the class, and while it waits for a lock of
 * the class loader it keeps its carrier (JEP 491, the remaining cases of pinning). There are as many carriers as
 * processors. When as many virtual threads wait so, and the lock's next owner is a virtual thread that waits for a carrier,
 * none of them goes on until the process is killed: docs/decisions/0033.
 *
 * <p>The names stand in {@value #LISTS}, one list for each module that brings such classes, a name a line. A class that is
 * missing in a list is loaded when it is needed; the contract tests name it.
 */
public final class RequestClasses {
    /** The name of each list on the class path. */
    public static final String LISTS = "META-INF/tidegate/request-classes.txt";

    private RequestClasses() {}

    /** Loads all that is listed on the class path, without initializing it. To be called by a platform thread. */
    public static void load() {
        ClassLoader loader = RequestClasses.class.getClassLoader();
        names(loader).forEach(name -> load(name, loader));
    }

    /** What is listed where this class loader looks. */
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
            // An application may leave out a library, or have another version of it: then nobody needs this class.
        }
    }
}
