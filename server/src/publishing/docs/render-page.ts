import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html, type Html } from './html.js';

/** What a page looks like without the built editor, whose style and script it otherwise has. */
const bare = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>API</title></head><body></body></html>';

/** Puts a title and a body into the template that is built with the editor. It is read at each request, as the editor's files are. */
export async function renderPage(folder: string, title: string, body: Html): Promise<string> {
  const template = await readFile(join(folder, 'api-docs.html'), 'utf8').catch(() => bare);
  const head = html`<title>${title}</title>`.text;
  // By functions: what a replacement text says of dollars would count otherwise.
  return template.replace(/<title>[^<]*<\/title>/, () => head).replace('</body>', () => `${body.text}</body>`);
}
