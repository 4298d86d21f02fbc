"""Draws what a terminal shows as SVG, once for dark pages and once for light ones."""

import io
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (0, 2, 4))


def theme(background, foreground, *colours):
    eight = [rgb(colour) for colour in colours]
    return TerminalTheme(rgb(background), rgb(foreground), eight, eight)


# Black, red, green, yellow, blue, magenta, cyan and white, as GitHub has them.
THEMES = {
    "dark": theme("0d1117", "e6edf3", "484f58", "ff7b72", "3fb950", "d29922", "58a6ff", "bc8cff", "39c5cf", "b1bac4"),
    "light": theme("ffffff", "1f2328", "24292f", "cf222e", "116329", "7d4e00", "0969da", "8250df", "1b7c83", "57606a"),
}

# As rich has it, without the fonts that it loads from the network.
SVG = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{
  font-family: sans-serif;
  font-size: 18px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


def main(screen, columns, to, title):
    with open(screen, encoding="utf-8") as file:
        text = Text.from_ansi(file.read().rstrip("\n"))
    console = Console(record=True, width=int(columns), file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(text, soft_wrap=True)
    for name, colours in THEMES.items():
        svg = console.export_svg(title=title, theme=colours, clear=False, code_format=SVG, unique_id="t")
        # rich draws the frame in white, which a light page swallows
        svg = svg.replace("rgba(255,255,255,0.35)", "#8c959f")
        with open(f"{to}-{name}.svg", "w", encoding="utf-8") as file:
            file.write("\n".join(line.rstrip() for line in svg.splitlines()) + "\n")


main(*sys.argv[1:])
