import type { Zip } from '../../zip/open-zip.js';
import type { XmlElement } from '../../zip/read-tree.js';
import { attribute } from '../../zip/read-xml.js';
import { decodeText } from '../../kinds/decode-text.js';
import { mathText } from './math-ml.js';

/** Elements whose text belongs to a line. */
const lines: ReadonlySet<string> = new Set(['p', 'h', 'span', 'a']);

/** The tree of an OpenDocument file with its formulas as text. Each formula is a separate object in the package, referenced by a frame. */
export async function withOdfMath(element: XmlElement, zip: Zip): Promise<XmlElement> {
  const children: (XmlElement | string)[] = [];
  for (const child of element.children) {
    if (typeof child === 'string') children.push(child);
    else {
      const formula = child.name === 'frame' ? await formulaOf(child, zip) : undefined;
      if (formula === undefined) children.push(await withOdfMath(child, zip));
      else if (lines.has(element.name)) children.push(formula);
      else children.push({ name: 'p', attributes: {}, children: [formula] });
    }
  }
  return { ...element, children };
}

async function formulaOf(frame: XmlElement, zip: Zip): Promise<string | undefined> {
  for (const child of frame.children) {
    if (typeof child === 'string' || child.name !== 'object') continue;
    const folder = attribute(child.attributes, 'href')?.replace(/^\.\//, '');
    const part = folder === undefined ? undefined : await zip.read(`${folder}/content.xml`);
    const formula = part === undefined ? undefined : mathText(decodeText(part));
    if (formula !== undefined) return formula;
  }
  return undefined;
}
