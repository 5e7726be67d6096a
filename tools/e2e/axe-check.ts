import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The tags of the rules for every page; `aboutColours` are the rules about colours. */
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const aboutColours = ['color-contrast', 'link-in-text-block'];

/** Lists what axe finds on a page, one line for each violation. */
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
      // Axe is not loaded in the frames, and the browser would log errors about its messages to them.
      iframes: false,
      runOnly: rules,
      // Axe then describes only violations, which saves much of the time.
      resultTypes: ['violations'],
    });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  }, runOnly);
}

/** The themes of the editor. */
export const themes = ['light', 'dark'] as const;

/**
 * Lists what axe finds on a page in the light and in the dark theme of the system. The page is loaded only once, because switching the
 * theme is much faster. Since a theme changes only colours, the other rules are checked only in the light theme.
 */
export async function violationsOfThemes(
  page: Page,
  wanted: readonly (typeof themes)[number][] = themes,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const theme of wanted) {
    // Reduced motion makes sure that no colour is checked during a transition.
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
