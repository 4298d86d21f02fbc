var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/articles", () => Array.Empty<string>());
app.Run();
