import { StyleModule } from 'style-mod';

/**
 * Makes the text editor put its styles into a constructed style sheet of the document. By default it does so only below a shadow root, and
 * writes a `<style>` element into any other page, which our content policy forbids. Its style set is created below a shadow root here and
 * then shared with the document.
 */
export function adoptCodeStyles(page: Document): void {
  // Without constructed style sheets there is no such policy either, as in a test's document.
  if (!('adoptedStyleSheets' in page)) return;
  const shadow = page.createElement('div').attachShadow({ mode: 'open' });
  StyleModule.mount(shadow, []);
  for (const key of Object.getOwnPropertySymbols(shadow)) Reflect.set(page, key, Reflect.get(shadow, key));
}
