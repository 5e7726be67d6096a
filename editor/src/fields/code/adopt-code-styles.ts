import { StyleModule } from 'style-mod';

/**
 * Makes the text editor put its styles into a constructed sheet of the document. By itself it does so below a shadow root only, and
 * writes a `<style>` element into any other page, which our content policy forbids. Its set of styles is made below a shadow root
 * here, and the document is given the same set.
 */
export function adoptCodeStyles(page: Document): void {
  // Where sheets cannot be constructed there is no such policy either: a test's document.
  if (!('adoptedStyleSheets' in page)) return;
  const shadow = page.createElement('div').attachShadow({ mode: 'open' });
  StyleModule.mount(shadow, []);
  for (const key of Object.getOwnPropertySymbols(shadow)) Reflect.set(page, key, Reflect.get(shadow, key));
}
