import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html, type Html } from './html.js';

/** The template if the editor is not built. The built editor brings its own style and script. */
const bare = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API</title></head><body></body></html>';

/** Puts a title and a body into the HTML of the built editor, which is read anew at each request. */
export async function renderPage(folder: string, title: string, body: Html): Promise<string> {
  const template = await readFile(join(folder, 'api-docs.html'), 'utf8').catch(() => bare);
  const head = html`<title>${title}</title>`.text;
  // The replacements are functions, because `$` is special in a replacement text.
  return template.replace(/<title>[^<]*<\/title>/, () => head).replace('</body>', () => `${body.text}</body>`);
}
