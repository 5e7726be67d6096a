import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Tags of the rules that hold for every page, and the rules among them that look at colours. */
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const aboutColours = ['color-contrast', 'link-in-text-block'];

/** What axe finds on a page, one line a violation. */
export async function violations(page: Page, runOnly: readonly string[] = standards): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async (rules) => {
    interface Found {
      readonly id: string;
      readonly nodes: readonly { readonly target: readonly string[] }[];
    }
    const { axe: checker } = window as unknown as {
      axe: { run(options: object): Promise<{ violations: readonly Found[] }> };
    };
    const { violations: found } = await checker.run({
      // Axe is not in the frames, and its messages to them would be refused aloud.
      iframes: false,
      runOnly: rules,
      // Only these are described one by one: that is much of the work.
      resultTypes: ['violations'],
    });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  }, runOnly);
}

/** The themes of the editor. */
export const themes = ['light', 'dark'] as const;

/**
 * What axe finds on a page that goes by the theme of the system, in light and in dark. It is loaded once, since turning the theme is quick and loading is
 * not. A theme changes colours alone, so everything else is looked at in one of them.
 */
export async function violationsOfThemes(
  page: Page,
  wanted: readonly (typeof themes)[number][] = themes,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const theme of wanted) {
    // Without motion nothing is looked at while it fades from one colour to the other.
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.locator(`html[data-theme="${theme}"]`).waitFor({ state: 'attached' });
    found.push(
      ...(await violations(page, theme === 'light' ? standards : aboutColours)).map(
        (violation) => `${theme}: ${violation}`,
      ),
    );
  }
  return found;
}
