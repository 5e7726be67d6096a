import type { Zip } from '../../zip/open-zip.js';
import { readXml } from '../../zip/read-xml.js';

/** The meaning of a cell's number. */
export type NumberKind = 'number' | 'percent' | 'date' | 'time' | 'datetime';

/** Built-in formats that are dates, times or percentages (ECMA-376, 18.8.30). */
const builtIn: ReadonlyMap<number, NumberKind> = new Map<number, NumberKind>([
  [9, 'percent'],
  [10, 'percent'],
  ...[14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id): [number, NumberKind] => [
    id,
    'date',
  ]),
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56].map((id): [number, NumberKind] => [id, 'time']),
  [22, 'datetime'],
]);

/** The kind of number of each cell style. */
export async function cellFormats(zip: Zip): Promise<readonly NumberKind[]> {
  const bytes = await zip.read('xl/styles.xml');
  if (bytes === undefined) return [];
  const custom = new Map<number, NumberKind>();
  const styles: NumberKind[] = [];
  let isCellStyles = false;
  readXml(bytes, {
    onOpen: (name, attributes) => {
      if (name === 'numFmt') custom.set(Number(attributes['numFmtId']), kindOfCode(attributes['formatCode'] ?? ''));
      if (name === 'cellXfs') isCellStyles = true;
      if (name !== 'xf' || !isCellStyles) return;
      const id = Number(attributes['numFmtId'] ?? 0);
      styles.push(custom.get(id) ?? numberKind(id));
    },
    onClose: (name) => {
      if (name === 'cellXfs') isCellStyles = false;
    },
  });
  return styles;
}

/** The kind of number of a format, by its id and, if it has one, its code. */
export const numberKind = (id: number, code?: string): NumberKind =>
  code === undefined ? (builtIn.get(id) ?? 'number') : kindOfCode(code);

/** Interprets a format code such as `dd/mm/yyyy` or `0.0%`; quoted text, colours and locales are ignored. */
function kindOfCode(code: string): NumberKind {
  const bare = (code.split(';')[0] ?? '').replace(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*./gi, '');
  if (bare.includes('%')) return 'percent';
  const hasDate = /[yd]|m{3,}/i.test(bare);
  const hasTime = /[hs]/i.test(bare);
  if (hasDate || (/m/i.test(bare) && !hasTime)) return hasTime ? 'datetime' : 'date';
  return hasTime ? 'time' : 'number';
}

const dayMs = 86_400_000;

/** Formats a cell's number for readers: ISO dates, times, percentages, and numbers without floating-point noise. */
export function writeNumber(value: number, kind: NumberKind, is1904: boolean): string {
  if (!Number.isFinite(value)) return '';
  if (kind === 'number') return String(Number(value.toPrecision(15)));
  if (kind === 'percent') return `${Number((value * 100).toPrecision(12))}%`;
  // Excel's 1900 calendar has a day 60 that never existed.
  const days = is1904 ? value + 1462 : value < 60 ? value + 1 : value;
  const date = new Date(Math.round((days - 25_569) * dayMs));
  if (Number.isNaN(date.getTime())) return String(value);
  const iso = date.toISOString();
  const time = iso.slice(11, iso.endsWith('00.000Z') ? 16 : 19);
  if (kind === 'time') return value >= 1 ? `${Math.floor(value * 24)}:${iso.slice(14, 16)}` : time;
  return kind === 'date' || (kind === 'datetime' && value % 1 === 0) ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${time}`;
}
