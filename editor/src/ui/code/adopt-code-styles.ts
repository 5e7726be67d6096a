import { StyleModule } from 'style-mod';

/**
 * Makes the text editor put its styles into a constructed style sheet of the document. By default it does so only inside a shadow root and
 * otherwise adds a `<style>` element, which our content security policy forbids. This function creates its style set in a shadow root and
 * then shares it with the document.
 */
export function adoptCodeStyles(page: Document): void {
  // A document without constructed style sheets, as in tests, has no such policy either.
  if (!('adoptedStyleSheets' in page)) return;
  const shadow = page.createElement('div').attachShadow({ mode: 'open' });
  StyleModule.mount(shadow, []);
  for (const key of Object.getOwnPropertySymbols(shadow)) Reflect.set(page, key, Reflect.get(shadow, key));
}
