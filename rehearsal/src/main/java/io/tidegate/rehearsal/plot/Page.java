package io.tidegate.rehearsal.plot;

import static io.tidegate.rehearsal.plot.Markup.escape;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One HTML file that shows at a glance how a run went. Not thread safe. */
public final class Page {
    /** Colours that colour-blind readers can distinguish, on light and dark pages. */
    private static final String STYLE = """
            :root { color-scheme: light dark; --text: #1b1f24; --faint: #5a6470; --page: #fff; --line: #d6dbe1;
              --good: #0a7d38; --bad: #c02020; --c0: #0060b0; --c1: #c85000; --c2: #00805c; --c3: #a8408c; --c4: #8a6d00;
              --c5: #3c88c8; --c6: #6a4fc0; --c7: #5a6470; }
            @media (prefers-color-scheme: dark) { :root { --text: #e4e8ec; --faint: #9aa6b2; --page: #14181d;
              --line: #343c46; --good: #4cc27a; --bad: #ff7b72; --c0: #5ab0f5; --c1: #ff9a4d; --c2: #3fcfa4;
              --c3: #e887cd; --c4: #e3c34d; --c5: #9fd0f7; --c6: #b3a0ff; --c7: #9aa6b2; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 1000px;
              margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.5rem; line-height: 1.25; } h2, figcaption { font-size: 1.05rem; font-weight: 600; }
            ul.verdict { list-style: none; padding: 0; } .good { color: var(--good); } .bad { color: var(--bad); }
            table { border-collapse: collapse; display: block; overflow-x: auto; }
            th, td { padding: .2rem .9rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); }
            td { font-variant-numeric: tabular-nums; } th { color: var(--faint); font-weight: 600; }
            figure { margin: 2rem 0; } figure > svg { width: 100%; height: auto; display: block; }
            .legend { margin: .2rem 0; color: var(--faint); } .key { margin-right: 1.2rem; white-space: nowrap; }
            svg text { font: 12px system-ui, sans-serif; fill: var(--faint); } svg path { fill: none; }
            .grid { stroke: var(--line); } .mark { stroke: var(--faint); stroke-dasharray: 2 3; }
            svg text.mark { stroke: none; fill: var(--text); } .line { stroke-width: 1.8; stroke-linejoin: round; }
            .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
            .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); } .c6 { stroke: var(--c6); } .c7 { stroke: var(--c7); }
            .d1 { stroke-dasharray: 7 3; } .d2 { stroke-dasharray: 2 3; }
            """;

    private final String title;
    private final StringBuilder verdict = new StringBuilder();
    private final List<String> parts = new ArrayList<>();

    public Page(String title) {
        this.title = title;
    }

    /** Adds a line to the verdict, which is at the top of the page. */
    public Page verdict(boolean good, String line) {
        verdict.append("<li class=\"")
                .append(good ? "good\">✓ " : "bad\">✗ ")
                .append(escape(line))
                .append("</li>\n");
        return this;
    }

    /** Adds a paragraph. */
    public Page text(String paragraph) {
        parts.add("<p>" + escape(paragraph) + "</p>\n");
        return this;
    }

    /**
     * Adds a table.
     *
     * @param header the columns' names
     * @param rows each as long as the header
     */
    public Page table(String heading, List<String> header, List<List<String>> rows) {
        StringBuilder table = new StringBuilder("<h2>" + escape(heading) + "</h2>\n<table>\n");
        row(table, "th", header);
        rows.forEach(row -> row(table, "td", row));
        parts.add(table.append("</table>\n").toString());
        return this;
    }

    public Page plot(Plot plot) {
        parts.add(plot.html());
        return this;
    }

    public String html() {
        return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + escape(title)
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n<h1>" + escape(title)
                + "</h1>\n<ul class=\"verdict\">\n" + verdict + "</ul>\n" + String.join("", parts)
                + "</body>\n</html>\n";
    }

    /** Writes the page to a file, and replaces its content. */
    public void write(Path file) throws IOException {
        Files.writeString(file, html());
    }

    private static void row(StringBuilder table, String cell, List<String> values) {
        table.append("<tr>");
        values.forEach(value -> table.append('<')
                .append(cell)
                .append('>')
                .append(escape(value))
                .append("</")
                .append(cell)
                .append('>'));
        table.append("</tr>\n");
    }
}
