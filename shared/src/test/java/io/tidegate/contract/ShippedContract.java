package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a server brings along is told: the list of its libraries (CycloneDX) is that of the folder beside its jar. */
abstract class ShippedContract {
    private static final Pattern PACKAGE = Pattern.compile("\"purl\" : \"pkg:maven/[^/]+/([^@]+)@([^?\"]+)");

    abstract Path jar();

    @Test
    void everyLibraryIsInTheBillOfMaterials() throws IOException {
        Set<String> listed = components().keySet();
        try (Stream<Path> files = Files.list(jar().resolveSibling("libs"))) {
            // A library for one platform, such as Netty's, has that behind its version.
            Set<String> missing = files.map(
                            file -> file.getFileName().toString().replace(".jar", ""))
                    .filter(name -> listed.stream().noneMatch(name::startsWith))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(Set.of(), missing);
        }
    }

    @Test
    void everyLibraryHasALicence() throws IOException {
        List<String> without = components().entrySet().stream()
                .filter(each -> !each.getValue().contains("\"licenses\" : ["))
                .map(Map.Entry::getKey)
                .toList();
        assertEquals(List.of(), without);
    }

    /** What stands of each library, by its name and version. */
    private Map<String, String> components() throws IOException {
        String bill = Files.readString(jar().resolveSibling("bom.json"));
        Map<String, String> components = new TreeMap<>();
        for (String part : bill.substring(bill.indexOf("\"components\"")).split("\"bom-ref\"")) {
            Matcher found = PACKAGE.matcher(part);
            if (found.find()) {
                components.put(found.group(1) + "-" + found.group(2), part);
            }
        }
        assertTrue(components.size() > 10, components.keySet()::toString);
        return components;
    }
}
