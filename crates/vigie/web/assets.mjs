// Assembles what the program embeds: run by build.rs as `node assets.mjs SOURCE OUT`, from a folder
// where `npm ci` was run. It writes OUT/static (files named by their content, so that browsers may keep
// them for ever), OUT/fonts (for the PDF), OUT/communes-13.json (for the demonstration) and OUT/assets.rs.
// It must never write in SOURCE nor reach the network.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [source, out] = process.argv.slice(2);
const modules = "node_modules";
const types = { css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8", svg: "image/svg+xml", woff2: "font/woff2" };

rmSync(join(out, "static"), { recursive: true, force: true });
for (const folder of ["static", "fonts"]) mkdirSync(join(out, folder), { recursive: true });

const table = [];
const urls = new Map();

function add(name, bytes) {
  const dot = name.lastIndexOf(".");
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = `${name.slice(0, dot)}.${digest}${name.slice(dot)}`;
  writeFileSync(join(out, "static", file), bytes);
  table.push({ name, file, type: types[name.slice(dot + 1)] });
  urls.set(name, `/static/${file}`);
}

// Fonts of the pages: the subsets that French and English need.
for (const subset of ["latin", "latin-ext"]) {
  for (const slant of ["normal", "italic"]) {
    if (subset === "latin-ext" && slant === "italic") continue;
    const file = join(modules, "@fontsource-variable/inter/files", `inter-${subset}-wght-${slant}.woff2`);
    add(`inter-${subset}-${slant}.woff2`, readFileSync(file));
  }
}

// One sprite of the icons that pages name.
const icons = readFileSync(join(source, "icons.txt"), "utf8").split("\n").map((l) => l.trim()).filter(Boolean);
const symbols = icons.map((icon) => {
  const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${icon}.svg`), "utf8");
  const body = svg.slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>")).replace(/\s*<path stroke="none"[^>]*\/>/, "").trim();
  return `<symbol id="${icon}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
});
add("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
add("logo.svg", readFileSync(join(source, "logo.svg")));

// One style sheet, in the order of the file names; `asset(name)` becomes the address by content.
const sheets = readdirSync(join(source, "css")).sort().map((file) => join(source, "css", file));
const css = [join(source, "../../reports/templates/chart.css"), ...sheets].map((file) => readFileSync(file, "utf8")).join("\n");
add("vigie.css", css.replace(/asset\(([^)]+)\)/g, (_, name) => {
  if (!urls.has(name)) throw new Error(`the style sheet names ${name}, which is not an asset`);
  return `url("${urls.get(name)}")`;
}));
add("vigie.js", readFileSync(join(source, "js/vigie.js")));
add("htmx.js", readFileSync(join(modules, "htmx.org/dist/htmx.min.js")));

// Fonts of the PDF.
const faces = ["400Regular", "400Regular_Italic", "600SemiBold", "700Bold"];
for (const face of faces) {
  writeFileSync(join(out, "fonts", `${face}.ttf`), readFileSync(join(modules, "@expo-google-fonts/inter", face, `Inter_${face}.ttf`)));
}

// The communes of the Bouches-du-Rhône, for the demonstration's sites.
const communes = JSON.parse(readFileSync(join(modules, "@etalab/decoupage-administratif/data/communes.json"), "utf8"))
  .filter((c) => c.departement === "13" && c.type === "commune-actuelle")
  .map((c) => ({ code: c.code, name: c.nom, population: c.population }));
writeFileSync(join(out, "communes-13.json"), JSON.stringify(communes));

const entries = table.map((a) =>
  `    Asset { name: "${a.name}", file: "${a.file}", media_type: "${a.type}", bytes: include_bytes!(concat!(env!("OUT_DIR"), "/assets/static/${a.file}")) },`);
const fonts = faces.map((f) => `    include_bytes!(concat!(env!("OUT_DIR"), "/assets/fonts/${f}.ttf")),`);
writeFileSync(join(out, "assets.rs"), `/// Every file under \`/static/\`.
pub(crate) static ASSETS: &[Asset] = &[
${entries.join("\n")}
];

/// Inter in regular, italic, semibold and bold, as TrueType, for the PDF.
pub static PDF_FONTS: &[&[u8]] = &[
${fonts.join("\n")}
];

/// The communes of the Bouches-du-Rhône as JSON: \`[{"code": "13001", "name": "Aix-en-Provence", "population": 149695}, ...]\`.
pub static COMMUNES_13: &str = include_str!(concat!(env!("OUT_DIR"), "/assets/communes-13.json"));
`);
