package io.tidegate.se;

import org.jspecify.annotations.NullMarked;

@NullMarked
final class Main {
    private Main() {}

    static String x(String a) {
        return a;
    }

    public static void main(String[] args) {
        System.out.println(x(args.length == 0 ? "b" : args[0]));
    }
}
