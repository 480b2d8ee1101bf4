// Looks at every text of a page as it is drawn and finds those that do not stand out enough from what is behind
// them (WCAG 2.2, 1.4.3). Knows plain and gradient backgrounds, which are all that the gateway's pages have.
import type { Page } from "playwright-core";

/** `text: ratio`, for each text below its least ratio; disabled controls are exempt, as in the standard. */
export function findFaintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = readonly [red: number, green: number, blue: number, alpha: number];
    const parse = (text: string): Colour[] =>
      [...text.matchAll(/rgba?\(([^)]+)\)/g)].map(([, list = ""]) => {
        const [red = 0, green = 0, blue = 0, alpha = 1] = list.split(/[\s,/]+/).map(Number);
        return [red, green, blue, alpha];
      });
    const luminance = ([red, green, blue]: Colour): number => {
      const linear = (value: number) => {
        const share = value / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    };
    const ratio = (one: Colour, other: Colour): number => {
      const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05);
    };
    /** All colours that may be behind the element. */
    const backgrounds = (element: Element | null): Colour[] => {
      if (element === null) return [[255, 255, 255, 1]];
      const { backgroundColor, backgroundImage } = getComputedStyle(element);
      const gradient = parse(backgroundImage);
      if (gradient.length > 0) return gradient;
      const [plain] = parse(backgroundColor);
      return plain !== undefined && plain[3] > 0 ? [plain] : backgrounds(element.parentElement);
    };
    const faint: string[] = [];
    for (const element of document.querySelectorAll("body *")) {
      const text = [...element.childNodes]
        .map((node) => (node.nodeType === 3 ? node.textContent : ""))
        .join("");
      if (text.trim() === "" || element.closest(":disabled, svg, .visually-hidden, noscript") !== null)
        continue;
      if (element.getClientRects().length === 0) continue;
      const style = getComputedStyle(element);
      const [colour] = parse(style.color);
      if (colour === undefined) continue;
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const least = Math.min(...backgrounds(element).map((background) => ratio(colour, background)));
      if (least < (isLarge ? 3 : 4.5)) faint.push(`${text.trim().slice(0, 40)}: ${least.toFixed(2)}`);
    }
    return faint;
  });
}
