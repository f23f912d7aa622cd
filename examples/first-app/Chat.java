import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.tidegate.client.From;
import io.tidegate.client.Gap;
import io.tidegate.client.Message;
import io.tidegate.client.Options;
import io.tidegate.client.Publication;
import io.tidegate.client.TidegateClient;
import io.tidegate.client.TopicListener;
import java.util.Scanner;

public class Chat implements TopicListener {
    public static void main(String[] args) throws Exception {
        String me = json(args.length > 0 ? args[0] : "guest " + ProcessHandle.current().pid());
        Options options = Options.of("ws://localhost:8080/chat")
                .withStates(change -> System.out.println("(" + change.to() + ")"));
        try (TidegateClient client = TidegateClient.connect(options)) {
            // The last 50 messages, and then what comes. After a lost connection the client goes on behind the last one.
            client.subscribe("room", From.last(50), new Chat());
            client.subscribe("room.typing", notice -> System.out.println("(" + notice.user().orElse("") + " is typing)"));

            Scanner lines = new Scanner(System.in);
            while (lines.hasNextLine()) {
                String line = lines.nextLine();
                // Who is typing: of no use later, so it is not kept. A window would do this at each key.
                client.publish(Publication.of("room.typing", "null").by(me).keep(false));
                client.publish(Publication.of("room", json(line)).by(me)).join();
            }
        }
    }

    /** User and message are JSON, as text. */
    @Override
    public void message(Message message) {
        System.out.println(message.user().orElse("") + ": " + message.message());
    }

    @Override
    public void lost(Gap gap) {
        System.out.println("(Some messages are missing here.)");
    }

    private static String json(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
