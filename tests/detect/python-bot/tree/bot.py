client.run(token)
