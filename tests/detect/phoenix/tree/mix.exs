defmodule Chat.MixProject do
  use Mix.Project

  def project do
    [app: :chat, version: "0.1.0", elixir: "~> 1.18", deps: deps()]
  end

  def application do
    [mod: {Chat.Application, []}]
  end

  defp deps do
    [{:phoenix, "~> 1.8"}, {:postgrex, ">= 0.0.0"}, {:redix, "~> 1.5"}]
  end
end
