// The page as it is in the program: each file under the name by which the page asks for it.
import type { PageFile } from "../page/answer.ts";
import baseCss from "../page/base.css" with { type: "text" };
import icon from "../page/icon.svg" with { type: "text" };
import chartJs from "./page/chart.js" with { type: "text" };
import figuresJs from "./page/figures.js" with { type: "text" };
import page from "./page/index.html" with { type: "text" };
import mainJs from "./page/main.js" with { type: "text" };
import measureJs from "./page/measure.js" with { type: "text" };
import measurementJs from "./page/measurement.js" with { type: "text" };
import pageCss from "./page/page.css" with { type: "text" };
import techniquesJs from "./page/techniques.js" with { type: "text" };

/** A template: `{{home}}` is where a page begins anew. */
export const PAGE: string = page;

export const PAGE_FILES: readonly (readonly [name: string, file: PageFile])[] = [
  ["base.css", { text: baseCss, kind: "css" }],
  ["icon.svg", { text: icon, kind: "svg" }],
  ["chart.js", { text: chartJs, kind: "js" }],
  ["figures.js", { text: figuresJs, kind: "js" }],
  ["main.js", { text: mainJs, kind: "js" }],
  ["measure.js", { text: measureJs, kind: "js" }],
  ["measurement.js", { text: measurementJs, kind: "js" }],
  ["page.css", { text: pageCss, kind: "css" }],
  ["techniques.js", { text: techniquesJs, kind: "js" }],
];
