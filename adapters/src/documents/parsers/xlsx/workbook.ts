import { attribute, readXml } from '../../zip/read-xml.js';
import type { Zip } from '../../zip/open-zip.js';
import { relations } from '../../zip/relations.js';

export interface Sheet {
  readonly name: string;
  readonly part: string;
}

/** Reads the visible sheets of a workbook in order, and whether its dates count from 1904. */
export async function readWorkbook(zip: Zip): Promise<{ readonly sheets: readonly Sheet[]; readonly is1904: boolean }> {
  const targets = await relations(zip, 'xl/_rels/workbook.xml.rels', 'xl');
  const sheets: Sheet[] = [];
  let is1904 = false;
  readXml((await zip.read('xl/workbook.xml')) ?? new Uint8Array(), {
    onOpen: (name, attributes) => {
      if (name === 'workbookPr') is1904 = /^(1|true)$/.test(attribute(attributes, 'date1904') ?? '');
      if (name !== 'sheet' || (attribute(attributes, 'state') ?? 'visible') !== 'visible') return;
      const part = targets.get(attributes['r:id'] ?? attribute(attributes, 'id') ?? '');
      if (part !== undefined)
        sheets.push({ name: attribute(attributes, 'name') ?? `Sheet ${sheets.length + 1}`, part });
    },
  });
  return { sheets, is1904 };
}

/** Reads the texts that cells share, without phonetic readings. */
export async function sharedStrings(zip: Zip): Promise<readonly string[]> {
  const bytes = await zip.read('xl/sharedStrings.xml');
  if (bytes === undefined) return [];
  const strings: string[] = [];
  let text = '';
  let isText = false;
  let phonetic = 0;
  readXml(bytes, {
    onOpen: (name) => {
      if (name === 'si') text = '';
      if (name === 'rPh') phonetic += 1;
      isText = name === 't' && phonetic === 0;
    },
    onClose: (name) => {
      if (name === 'si') strings.push(text);
      if (name === 'rPh') phonetic -= 1;
      isText = false;
    },
    onText: (part) => {
      if (isText) text += part;
    },
  });
  return strings;
}
