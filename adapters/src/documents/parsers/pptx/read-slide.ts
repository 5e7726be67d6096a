import { decodeText } from '../../kinds/decode-text.js';
import { readXml } from '../../zip/read-xml.js';
import { withOfficeMath } from '../formulas/office-math.js';
import { tableText } from '../tables/table-text.js';

interface Slide {
  readonly title: string;
  /** Text boxes, lists and tables, as Markdown. */
  readonly blocks: readonly string[];
}

/** Placeholders that every slide repeats. */
const repeated: ReadonlySet<string> = new Set(['sldNum', 'dt', 'ftr', 'hdr', 'sldImg']);

/** Reads a slide, or its notes; `only` limits it to the shapes of one kind of placeholder. */
export function readSlide(part: Uint8Array, only?: string): Slide {
  let title = '';
  const blocks: string[] = [];
  let shape = { kind: '', lines: [] as string[] };
  let line = '';
  let level = 0;
  let isText = false;
  let table: string[][] | undefined;
  let cell: string[] = [];
  const closeShape = (): void => {
    const { kind, lines } = shape;
    if (kind === 'title' || kind === 'ctrTitle')
      title = [title, ...lines.map((entry) => entry.trim().replace(/^- /, ''))]
        .filter((entry) => entry !== '')
        .join(' ');
    else if (lines.length > 0 && !repeated.has(kind) && (only === undefined || kind === only))
      blocks.push(lines.join('\n'));
    shape = { kind: '', lines: [] };
  };
  const runs = withOfficeMath(decodeText(part), (text) => `<a:r><a:t>${text}</a:t></a:r>`);
  readXml(Buffer.from(runs), {
    onOpen: (name, attributes) => {
      if (name === 'sp') shape = { kind: '', lines: [] };
      else if (name === 'ph') shape.kind = attributes['type'] ?? 'body';
      else if (name === 'p') [line, level] = ['', 0];
      else if (name === 'pPr') level = Number(attributes['lvl'] ?? 0);
      else if (name === 'br') line += ' ';
      else if (name === 'tbl') table = [];
      else if (name === 'tr') table?.push([]);
      else if (name === 'tc') cell = [];
      isText = name === 't';
    },
    onClose: (name) => {
      isText = false;
      if (name === 'p' && line.trim() !== '') {
        if (table !== undefined) cell.push(line.trim());
        else
          shape.lines.push(
            shape.kind === 'body' && only === undefined ? `${'  '.repeat(level)}- ${line.trim()}` : line.trim(),
          );
      } else if (name === 'tc') table?.at(-1)?.push(cell.join(' '));
      else if (name === 'tbl') {
        if (table !== undefined && table.length > 0 && only === undefined) blocks.push(tableText(table));
        table = undefined;
      } else if (name === 'sp') closeShape();
    },
    onText: (text) => {
      if (isText) line += text;
    },
  });
  return { title, blocks };
}
