application = get_asgi_application()
