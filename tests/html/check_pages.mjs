// Opens reports in headless Chromium and checks what a reader relies on:
//
//	node check_pages.mjs MODULES CHROMIUM PAGES [PICTURES]
//
// Each page of the folder PAGES: no script, no request, no console message; language and
// direction; axe-core clean (WCAG 2 A and AA); prints; fits a narrow screen; the numbers of each
// drawing stand in the table under it; series are told apart without colour. A case a page; exits 1
// when one fails. With PICTURES a screenshot of each is kept there.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import url from "node:url";

const [modules, chromium, folder, pictures] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), "x.js"));
const { chromium: browserType } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const browser = await browserType.launch({
	executablePath: chromium,
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync"],
});

// What the page is made of, looked at inside of it.
function look() {
	const wrong = [];
	const root = document.documentElement;
	const text = (element) => element.textContent.trim();
	if (!root.lang) wrong.push("no language");
	if (root.dir !== "ltr" && root.dir !== "rtl") wrong.push("no direction");
	if (getComputedStyle(document.body).direction !== root.dir) wrong.push("the direction is not the page's");
	if (!document.title.trim()) wrong.push("no title");
	if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
	if (document.scripts.length > 0) wrong.push("a script");
	for (const element of document.querySelectorAll("*"))
		for (const { name } of element.attributes)
			if (/^on/i.test(name) || /^(src|srcset|href|xlink:href)$/i.test(name)) wrong.push(`an attribute ${name}`);
	for (const svg of document.querySelectorAll("svg")) {
		const figure = svg.closest("figure");
		const name = figure ? text(figure.querySelector("figcaption")) : "?";
		if (svg.getAttribute("role") !== "img" || !svg.querySelector("title")) wrong.push(`${name}: an svg without a name`);
		const box = svg.viewBox.baseVal;
		for (const label of svg.querySelectorAll("text")) {
			const at = label.getBBox();
			if (at.x < -1 || at.y < -1 || at.x + at.width > box.width + 1 || at.y + at.height > box.height + 1)
				wrong.push(`${name}: "${text(label)}" is cut off`);
		}
		const cells = figure ? [...figure.querySelectorAll("th, td")].map(text) : [];
		const letters = figure && figure.querySelector(".letters");
		const shown = [...svg.querySelectorAll("text:not(.axis)")].map(text);
		const dots = svg.querySelectorAll("circle").length;
		if (letters) {
			const one = shown.filter((word) => word.length === 1).join("");
			if (one !== text(letters)) wrong.push(`${name}: the letters are not those of the drawing`);
			continue;
		}
		if (cells.length === 0) {
			wrong.push(`${name}: no table`);
			continue;
		}
		const numbers = figure.querySelectorAll("td.n");
		const known = [...numbers].filter((cell) => text(cell) !== "" && text(cell) !== "—").length;
		if (dots > 0 && dots !== known) wrong.push(`${name}: ${dots} dots, ${known} numbers`);
		for (const word of shown)
			if (/\d/.test(word) && !cells.includes(word)) wrong.push(`${name}: ${word} is not in the table`);
	}
	// What tells series apart where there is no colour: a pattern, a dash, or how dark it is.
	const dark = (colour) => {
		const [r, g, b] = colour.match(/\w\w/g).map((x) => parseInt(x, 16) / 255)
			.map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	for (const svg of document.querySelectorAll("svg")) {
		const series = new Map();
		for (const part of svg.querySelectorAll("[data-series]"))
			series.set(part.dataset.series, `${part.getAttribute("fill")} ${part.getAttribute("stroke-dasharray")}`);
		const looks = [...series.values()];
		for (let i = 0; i < looks.length; i++)
			for (let k = i + 1; k < looks.length; k++) {
				const [a, b] = [looks[i], looks[k]];
				const [fillA, dashA] = a.split(" "), [fillB, dashB] = b.split(" ");
				const grey = fillA.startsWith("#") && fillB.startsWith("#") && Math.abs(dark(fillA) - dark(fillB)) < 0.2;
				if (a === b || (dashA === dashB && grey)) wrong.push(`series ${i} and ${k} look alike without colour`);
			}
	}
	return wrong;
}

async function check(file) {
	const address = url.pathToFileURL(file).href;
	const wrong = [];
	// As a reader has it, nothing switched off.
	const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
	const page = await context.newPage();
	page.on("console", (message) => wrong.push(`console: ${message.text()}`));
	page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
	page.on("request", (request) => request.url() === address || wrong.push(`request: ${request.url()}`));
	await page.goto(address);
	wrong.push(...(await page.evaluate(look)));
	if (pictures) await page.screenshot({ path: path.join(pictures, path.basename(file, ".html") + ".png"), fullPage: true });
	await page.setViewportSize({ width: 360, height: 640 });
	const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
	if (wide > 360) wrong.push(`${wide} pixels wide on a screen of 360`);
	const pdf = await page.pdf({ format: "A4", printBackground: true });
	const sheets = (pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) || []).length;
	if (sheets < 1 || sheets > 40) wrong.push(`${sheets} sheets of paper`);
	if (pdf.length < 5000) wrong.push("an empty print");
	if (pictures) fs.writeFileSync(path.join(pictures, path.basename(file, ".html") + ".pdf"), pdf);
	await context.close();
	// The page's own rules keep any script out; axe-core is one.
	const open = await browser.newContext({ bypassCSP: true, viewport: { width: 1000, height: 800 } });
	const seen = await open.newPage();
	await seen.goto(address);
	await seen.evaluate(axe);
	const found = await seen.evaluate(() =>
		axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
	for (const violation of found.violations)
		wrong.push(`axe ${violation.id}: ${violation.help} (${violation.nodes[0].html.slice(0, 120)})`);
	if (found.passes.length < 10) wrong.push("axe-core looked at next to nothing");
	await open.close();
	return { wrong: [...new Set(wrong)], sheets };
}

let failed = 0;
const files = fs.readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
for (const name of files) {
	const { wrong, sheets } = await check(path.join(folder, name));
	console.log(`${wrong.length ? "not ok" : "ok"} - ${name} is readable, alone and in print (${sheets} sheets)`);
	for (const sentence of wrong.slice(0, 20)) console.log(`# ${sentence}`);
	failed += wrong.length > 0;
}
await browser.close();
process.exit(failed > 0 || files.length === 0 ? 1 : 0);
