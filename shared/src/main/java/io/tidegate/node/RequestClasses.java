package io.tidegate.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.settings.Settings;
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
 * <p>The names are in files in {@value #FOLDER}, with one name a line. Each module with such classes has one for every
 * server, and one for a server that checks tokens or that traces, where these need more. A class that is missing in the
 * files is loaded when it is needed; the contract tests report it.
 */
public final class RequestClasses {
    private static final String FOLDER = "META-INF/tidegate/";

    private RequestClasses() {}

    /** Loads what a server with these settings needs, without initializing it. To be called on a platform thread. */
    public static void load(Settings settings) {
        ClassLoader loader = RequestClasses.class.getClassLoader();
        names(settings, loader).forEach(name -> load(name, loader));
    }

    /**
     * The classes in the files for these settings.
     *
     * @param loader of the modules
     */
    public static List<String> names(Settings settings, ClassLoader loader) {
        List<String> names = new ArrayList<>(read("request-classes.txt", loader));
        if (!settings.auth().isOpen()) {
            names.addAll(read("request-classes-tokens.txt", loader));
        }
        if (settings.tracing().enabled()) {
            names.addAll(read("request-classes-tracing.txt", loader));
        }
        return names;
    }

    private static List<String> read(String file, ClassLoader loader) {
        List<String> names = new ArrayList<>();
        try {
            for (URL url : Collections.list(loader.getResources(FOLDER + file))) {
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(url.openStream(), UTF_8))) {
                    lines.lines().forEach(names::add);
                }
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    private static void load(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            // The application leaves out a library, or has another version of it. Then nothing needs this class.
        }
    }
}
