// Opens pages in Chromium as people see them and without JavaScript: nothing overflows, nothing is requested, the
// console stays empty, filters and anchors work, and axe finds no violation.
//
//   node check.mjs CHROMIUM SCREENSHOTS PAGE...
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";

const [executablePath, screenshots, ...pages] = process.argv.slice(2);
const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const looks = [
  { name: "wide", viewport: { width: 1280, height: 660 }, colorScheme: "light" },
  { name: "wide-dark", viewport: { width: 1280, height: 660 }, colorScheme: "dark" },
  { name: "phone", viewport: { width: 390, height: 844 }, colorScheme: "light" },
  { name: "phone-dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
];
const faults = [];
let checked = 0;

const overflows = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
const shown = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.getClientRects().length > 0).length;

async function open(browser, file, look, javaScriptEnabled) {
  const context = await browser.newContext({ ...look, javaScriptEnabled });
  const page = await context.newPage();
  const place = `${basename(file)}, ${look.name}`;
  const expect = (holds, what) => {
    checked += 1;
    if (!holds) faults.push(`${place}: ${what}`);
  };
  page.on("console", (message) => expect(false, `console: ${message.text()}`));
  page.on("pageerror", (error) => expect(false, `error: ${error.message}`));
  let requests = 0;
  page.on("request", () => (requests += 1));
  await page.goto(pathToFileURL(file).href);
  return { context, page, expect, requests: () => requests };
}

// What has to hold where no script ever runs.
async function plain(browser, file, look) {
  const { context, page, expect, requests } = await open(browser, file, look, false);
  expect(!(await page.evaluate(overflows)), "wider than the window");
  await page.screenshot({ path: `${screenshots}/${basename(file, ".html")}-${look.name}.png` });
  const all = await page.evaluate(shown, "details.file");
  for (const radio of await page.locator("fieldset input").all()) {
    const id = await radio.getAttribute("id");
    const told = /\d+/.exec(await page.locator(`label:has(#${id})`).textContent());
    const wanted = id === "show-all" ? all : Number(told[0]);
    await radio.check();
    expect((await page.evaluate(shown, "details.file")) === wanted, `${id} does not show ${wanted} files`);
    expect((await page.evaluate(shown, ".tree li[data-kind]")) === wanted, `${id} does not show ${wanted} paths`);
  }
  await page.locator("#show-all").check();
  const last = page.locator(".tree a").last();
  const target = await last.getAttribute("href");
  await last.click();
  expect(await page.locator(target).isVisible(), `the link to ${target} opens nothing`);
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  expect(!(await page.evaluate(overflows)), "wider than the window with everything open");
  await page.emulateMedia({ media: "print" });
  expect(!(await page.evaluate(overflows)), "wider than the paper");
  expect(requests() === 1, `${requests() - 1} requests`);
  await context.close();
}

async function accessible(browser, file, look) {
  const { context, page, expect } = await open(browser, file, look, true);
  // some of everything: axe looks at each element, also where hundreds of new files are closed
  await page.evaluate(() => {
    document.querySelectorAll("details").forEach((one, at) => (one.open ||= at % 25 === 0));
    document.querySelectorAll("details:not([open]) .scroll").forEach((one) => one.remove());
  });
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  expect(passes.length > 20, "axe looked at nothing");
  for (const { id, help, nodes } of violations) {
    expect(false, `${id}: ${help}\n  ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join("\n  ")}`);
  }
  await context.close();
}

const browser = await chromium.launch({ executablePath, args: flags });
for (const file of pages) {
  for (const look of looks) {
    await plain(browser, file, look);
    await accessible(browser, file, look);
  }
}
await browser.close();
for (const fault of faults) console.error(fault);
console.log(`${pages.length} pages, ${checked} checks, ${faults.length} faults`);
process.exit(faults.length === 0 && checked > 0 ? 0 : 1);
