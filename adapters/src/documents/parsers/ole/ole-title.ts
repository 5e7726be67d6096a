import iconv from 'iconv-lite';
import type { Ole } from './open-ole.js';

const titleProperty = 2;
const codePageProperty = 1;

/** The title in the properties of an old Office file; undefined if there is none or it cannot be read. */
export function oleTitle(ole: Ole): string | undefined {
  try {
    const part = ole.read('\u0005SummaryInformation');
    const title = part === undefined ? '' : readTitle(part);
    return title === '' || /^(?:microsoft word - .*|slide 1|powerpoint presentation|\S+\.\w{2,4})$/i.test(title)
      ? undefined
      : title;
  } catch {
    return undefined; // the title is optional, so unreadable properties are no error
  }
}

function readTitle(part: Buffer): string {
  const section = part.readUInt32LE(44);
  const offsets = new Map<number, number>();
  const count = Math.min(part.readUInt32LE(section + 4), 100);
  for (let index = 0; index < count; index += 1)
    offsets.set(part.readUInt32LE(section + 8 + index * 8), section + part.readUInt32LE(section + 12 + index * 8));
  const pageAt = offsets.get(codePageProperty);
  const page = pageAt === undefined ? 1252 : part.readUInt16LE(pageAt + 4);
  const at = offsets.get(titleProperty);
  if (at === undefined) return '';
  const length = Math.min(part.readUInt32LE(at + 4), 1000);
  const bytes = part.subarray(at + 8, at + 8 + (page === 1200 ? length * 2 : length));
  const encoding = page === 65001 ? 'utf-8' : page === 1200 ? 'utf-16le' : `cp${page}`;
  return iconv
    .decode(bytes, iconv.encodingExists(encoding) ? encoding : 'windows-1252')
    .replace(/\0[\s\S]*$/, '')
    .trim();
}
