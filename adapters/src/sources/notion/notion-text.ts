import { z } from 'zod';
import { RichText, type Block, type Page, type Property } from './notion-api.js';

/** A block with its nested blocks. */
export interface BlockTree {
  readonly block: Block;
  readonly children: readonly BlockTree[];
}

/** The content of a block. Fields that its type does not have are empty. */
const Content = z.object({
  rich_text: z.array(RichText).default([]),
  caption: z.array(RichText).default([]),
  cells: z.array(z.array(RichText)).default([]),
  checked: z.boolean().default(false),
  language: z.string().default(''),
  expression: z.string().default(''),
  title: z.string().default(''),
  url: z.string().default(''),
});
type Content = z.infer<typeof Content>;

const contentOf = ({ type, ...block }: Block): Content =>
  Content.safeParse(block[type] ?? {}).data ?? Content.parse({});

/** Converts a page to Markdown: its title, properties and blocks. */
export function markdownOf(page: Page, blocks: readonly BlockTree[]): string {
  const properties = Object.entries(page.properties).flatMap(([name, property]) => {
    const text = property.type === 'title' ? '' : textOfProperty(property);
    return text === '' ? [] : [`- ${name}: ${text}`];
  });
  return [`# ${titleOf(page)}`, properties.join('\n'), blocksOf(blocks, '')].filter((part) => part !== '').join('\n\n');
}

export function titleOf({ properties }: Page): string {
  const title = Object.values(properties).find(({ type }) => type === 'title');
  return (title === undefined ? '' : textOfProperty(title)) || 'Untitled';
}

/** Joins blocks: items of a list without, and other blocks with, an empty line between them. */
function blocksOf(trees: readonly BlockTree[], indent: string): string {
  let text = '';
  let before = '';
  let number = 0;
  for (const tree of trees) {
    const { type } = tree.block;
    number = type === 'numbered_list_item' ? number + 1 : 0;
    const written = blockOf(tree, indent, number);
    if (written === '') continue;
    const isNext = type === before && lists.has(type);
    text += text === '' ? written : `${isNext ? '\n' : '\n\n'}${written}`;
    before = type;
  }
  return text;
}

const lists: ReadonlySet<string> = new Set(['bulleted_list_item', 'numbered_list_item', 'to_do', 'toggle']);
/** The Markdown prefixes of block types. */
const marks: Readonly<Record<string, string>> = {
  heading_1: '# ',
  heading_2: '## ',
  heading_3: '### ',
  bulleted_list_item: '- ',
  toggle: '- ',
  quote: '> ',
  callout: '> ',
};
/** Block types that only contain other blocks. */
const containers: ReadonlySet<string> = new Set(['column_list', 'column', 'synced_block', 'template']);

function blockOf({ block, children }: BlockTree, indent: string, number: number): string {
  const { type } = block;
  const content = contentOf(block);
  if (type === 'table') return tableOf(children, indent);
  if (containers.has(type)) return blocksOf(children, indent);
  // A page or database inside the page is a separate document.
  const inside = type.startsWith('child_') ? '' : blocksOf(children, lists.has(type) ? `${indent}  ` : indent);
  const own = ownText(type, content, number);
  const written = own.replace(/\n/g, `\n${indent}`);
  const above = written === '' ? '' : `${indent}${written}`;
  return [above, inside].filter((part) => part !== '').join(lists.has(type) ? '\n' : '\n\n');
}

function ownText(type: string, content: Content, number: number): string {
  const text = richText(content.rich_text);
  if (type === 'numbered_list_item') return `${number}. ${text}`;
  if (type === 'to_do') return `- [${content.checked ? 'x' : ' '}] ${text}`;
  if (type === 'code')
    return ['```' + content.language, plainText(content.rich_text), '```', richText(content.caption)]
      .filter((line) => line !== '')
      .join('\n');
  if (type === 'equation') return `$$\n${content.expression}\n$$`;
  if (type === 'divider') return '---';
  if (type.startsWith('child_')) return content.title;
  if (text !== '') return `${marks[type] ?? ''}${text.replace(/\n/g, type in marks ? ' ' : '\n')}`;
  const caption = richText(content.caption);
  return content.url === '' ? caption : `[${caption === '' ? content.url : caption}](${content.url})`;
}

function tableOf(rows: readonly BlockTree[], indent: string): string {
  const lines = rows.map(({ block }) =>
    contentOf(block).cells.map((cell) => richText(cell).replace(/\|/g, '\\|').replace(/\n/g, ' ')),
  );
  const [head] = lines;
  if (head === undefined) return '';
  const line = (cells: readonly string[]): string => `${indent}| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.slice(1).map(line)].join('\n');
}

const plainText = (pieces: readonly RichText[]): string => pieces.map(({ plain_text: text }) => text).join('');

/** Converts rich text to Markdown. Formatting is put around the text, without the spaces at its ends. */
function richText(pieces: readonly RichText[]): string {
  return pieces
    .map(({ plain_text: whole, href, annotations }) => {
      const [, before = '', text = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(whole) ?? [];
      if (text === '') return whole;
      let marked = annotations?.code === true ? `\`${text}\`` : text;
      if (annotations?.bold === true) marked = `**${marked}**`;
      if (annotations?.italic === true) marked = `*${marked}*`;
      if (annotations?.strikethrough === true) marked = `~~${marked}~~`;
      if (href !== undefined && href !== null && /^https?:\/\//i.test(href)) marked = `[${marked}](${href})`;
      return `${before}${marked}${after}`;
    })
    .join('');
}

const Named = z.object({ name: z.string().nullish() });
/** The property values that can be shown as text. Others, such as relations and files, are left out. */
const Value = z.union([
  z.string(),
  z.number().transform(String),
  z.boolean().transform((is) => (is ? 'yes' : 'no')),
  z.array(RichText.required({ plain_text: true })).transform(plainText),
  z.array(Named).transform((list) => list.flatMap(({ name }) => name ?? []).join(', ')),
  z
    .object({ start: z.string(), end: z.string().nullish() })
    .transform(({ start, end }) => (end === undefined || end === null ? start : `${start} to ${end}`)),
  z.object({ name: z.string() }).transform(({ name }) => name),
]);

/** The value of a property as text; empty if it has none. */
function textOfProperty(property: Property): string {
  const value = property[property.type];
  // A formula contains its value one level deeper.
  if (property.type === 'formula') return textOfProperty(Formula.safeParse(value).data ?? { type: 'empty' });
  return Value.safeParse(value).data ?? '';
}

const Formula = z.looseObject({ type: z.string() });
