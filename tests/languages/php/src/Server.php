<?php

namespace Shop;

// The smallest service that keeps to the service contract.
final class Server
{
    public static function run(int $port): void
    {
        pcntl_async_signals(true);
        pcntl_signal(SIGTERM, static fn () => exit(0));
        $server = stream_socket_server("tcp://0.0.0.0:$port");
        while (true) {
            $client = @stream_socket_accept($server, 1);
            if ($client === false) {
                continue;
            }
            while (!in_array(fgets($client), ["\r\n", "\n", false], true)) {
            }
            $status = getenv('SESSION_KEY') === 'from a file' ? '200 OK' : '500 Internal Server Error';
            fwrite($client, "HTTP/1.0 $status\r\nContent-Length: 0\r\n\r\n");
            fclose($client);
        }
    }
}
