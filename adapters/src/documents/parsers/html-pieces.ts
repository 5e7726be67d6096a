import { Parser } from 'htmlparser2';

/** Elements that never have an end tag. */
const empty: ReadonlySet<string> = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
/** Elements without a meaning of their own: their contents can be converted separately. */
const plain: ReadonlySet<string> = new Set('html body div main article section header footer center form'.split(' '));
/** Elements after which a text can be cut. */
const blocks: ReadonlySet<string> = new Set([
  ...plain,
  ...'p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote figure hr address'.split(' '),
]);

/** The length at which a piece ends, in characters. */
const pieceLength = 16_384;

/**
 * Splits HTML between its blocks into pieces in which every element is closed. Converters nest unclosed elements and copy all their output
 * for each element, so a page of 100,000 paragraphs took them minutes.
 *
 * @example htmlPieces('<p>one<p>two') // ['<p>one</p><p>two</p>']
 */
export function htmlPieces(html: string): readonly string[] {
  const pieces: string[] = [];
  let parts: string[] = [];
  let length = 0;
  /** The open elements: their names and their start tags. */
  const open: { readonly name: string; readonly tag: string }[] = [];
  const add = (part: string): void => {
    parts.push(part);
    length += part.length;
  };
  const cut = (): void => {
    pieces.push(
      parts.join('') +
        open
          .map(({ name }) => `</${name}>`)
          .toReversed()
          .join(''),
    );
    parts = open.map(({ tag }) => tag);
    length = 0;
  };
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        const written = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`);
        const tag = `<${name}${written.join('')}>`;
        add(tag);
        if (!empty.has(name)) open.push({ name, tag });
      },
      ontext: (text) => add(escaped(text)),
      onclosetag: (name) => {
        if (!empty.has(name)) {
          add(`</${name}>`);
          open.pop();
        }
        if (length >= pieceLength && blocks.has(name) && open.every((element) => plain.has(element.name))) cut();
      },
    },
    { recognizeSelfClosing: true },
  );
  parser.end(html);
  pieces.push(parts.join(''));
  return pieces;
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
