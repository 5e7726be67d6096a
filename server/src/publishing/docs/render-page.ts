import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html, type Html } from './html.js';

/** The style of a page without the built editor, which otherwise brings style and script. */
const bare = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API</title></head><body></body></html>';

/** Puts a title and a body into the template of the built editor. It is read at each request, like the files of the editor. */
export async function renderPage(folder: string, title: string, body: Html): Promise<string> {
  const template = await readFile(join(folder, 'api-docs.html'), 'utf8').catch(() => bare);
  const head = html`<title>${title}</title>`.text;
  // Functions, because `$` has a meaning in a replacement text.
  return template.replace(/<title>[^<]*<\/title>/, () => head).replace('</body>', () => `${body.text}</body>`);
}
