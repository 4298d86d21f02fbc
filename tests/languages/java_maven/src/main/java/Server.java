import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

/** The smallest service that keeps to the service contract. */
public class Server {
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    server.createContext("/", exchange -> {
      boolean hasSecret = "from a file".equals(System.getenv("SESSION_KEY"));
      exchange.sendResponseHeaders(hasSecret ? 200 : 500, -1);
      exchange.close();
    });
    server.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      server.stop(0);
      Runtime.getRuntime().halt(0);
    }));
  }
}
