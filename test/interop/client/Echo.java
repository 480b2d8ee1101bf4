// The WebSocket client of Java's own library against an echo service: `java Echo.java URL` prints what came back.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

public class Echo implements WebSocket.Listener {
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private int binaryBytes;

    public static void main(String[] arguments) throws Exception {
        Echo echo = new Echo();
        WebSocket socket = HttpClient.newHttpClient().newWebSocketBuilder()
            .subprotocols("chat.v1")
            .buildAsync(URI.create(arguments[0]), echo).get(10, TimeUnit.SECONDS);
        System.out.println("subprotocol " + socket.getSubprotocol());
        socket.sendText("héllo ✓", true).get();
        System.out.println(echo.next());
        socket.sendText("frag", false).get();
        socket.sendText("ments", true).get();
        System.out.println(echo.next());
        socket.sendBinary(ByteBuffer.allocate(131_072), true).get();
        System.out.println(echo.next());
        socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2, 3})).get();
        System.out.println(echo.next());
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get();
        System.out.println(echo.next());
    }

    private String next() throws InterruptedException {
        return heard.poll(10, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
        text.append(data);
        if (isLast) {
            heard.add("text " + text);
            text.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean isLast) {
        binaryBytes += data.remaining();
        if (isLast) heard.add("binary " + binaryBytes);
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
        heard.add("pong " + payload.remaining());
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        heard.add("close " + code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        heard.add("error " + error);
    }
}
