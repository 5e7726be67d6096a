import type { Zip } from './open-zip.js';
import { readXml } from './read-xml.js';

/** The title in the properties of an Office document, if it has one. */
export async function packageTitle(zip: Zip): Promise<string | undefined> {
  const bytes = await zip.read('docProps/core.xml');
  if (bytes === undefined) return undefined;
  let title = '';
  let isTitle = false;
  readXml(bytes, {
    onOpen: (name) => (isTitle = name === 'title'),
    onClose: () => (isTitle = false),
    onText: (text) => {
      if (isTitle) title += text;
    },
  });
  return title.trim() === '' ? undefined : title.trim();
}
