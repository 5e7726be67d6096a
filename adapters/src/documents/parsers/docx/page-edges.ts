import type { Zip } from '../../zip/open-zip.js';
import { attribute, readXml } from '../../zip/read-xml.js';

/** Fields that count pages. */
const pageField = /\b(PAGE|NUMPAGES|SECTIONPAGES)\b/;

/** The lines of the headers and footers of a Word document, each once, without page numbers. The converter leaves these parts out. */
export async function pageEdges(zip: Zip): Promise<readonly string[]> {
  const lines = new Set<string>();
  const parts = zip.names.filter((name) => /^word\/(header|footer)\d*\.xml$/.test(name)).sort(headersFirst);
  for (const name of parts) for (const line of linesOf((await zip.read(name)) ?? new Uint8Array())) lines.add(line);
  return [...lines].filter((line) => /\p{L}/u.test(line));
}

const headersFirst = (one: string, other: string): number =>
  Number(one.includes('/footer')) - Number(other.includes('/footer')) ||
  one.localeCompare(other, 'en', { numeric: true });

function linesOf(part: Uint8Array): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let isText = false;
  let isInstruction = false;
  /** The open fields, innermost last: whether each counts pages. */
  const fields: boolean[] = [];
  readXml(part, {
    onOpen: (name, attributes) => {
      if (name === 'fldSimple') fields.push(pageField.test(attribute(attributes, 'instr') ?? ''));
      if (name === 'fldChar' && attribute(attributes, 'fldCharType') === 'begin') fields.push(false);
      if (name === 'fldChar' && attribute(attributes, 'fldCharType') === 'end') fields.pop();
      if (name === 'tab' || name === 'br') line += ' ';
      isText = name === 't';
      isInstruction = name === 'instrText';
    },
    onClose: (name) => {
      isText = false;
      isInstruction = false;
      if (name === 'fldSimple') fields.pop();
      if (name !== 'p') return;
      lines.push(line.replace(/\s+/g, ' ').trim());
      line = '';
    },
    onText: (text) => {
      if (isInstruction && pageField.test(text)) fields.splice(-1, 1, true);
      if (isText && !fields.includes(true)) line += text;
    },
  });
  // A label such as "Page" that only preceded a number is left out.
  return lines.filter((found) => !/^\W*(page|seite)?\W*(of|von)?\W*$/i.test(found));
}
