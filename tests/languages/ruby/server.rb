# The smallest service that keeps to the service contract.
require "socket"

server = TCPServer.new(Integer(ENV.fetch("PORT")))
Signal.trap("TERM") { exit }
loop do
  client = server.accept
  until ["\r\n", "\n", nil].include?(client.gets); end
  status = ENV["SESSION_KEY"] == "from a file" ? "200 OK" : "500 Internal Server Error"
  client.write("HTTP/1.0 #{status}\r\nContent-Length: 0\r\n\r\n")
  client.close
end
