import { HeddleError, type ParsedDocument } from '@heddle/core';
import iconv from 'iconv-lite';
import { mediaTypes } from '../../kinds/kinds.js';
import { createDocumentBody, type DocumentBody } from '../document-body.js';
import { createMarkdownWriter } from '../markdown-writer.js';
import { parseMarkdown } from '../markdown.js';
import { charsets, readGroups, signs, unreadGroups } from './rtf-words.js';
import { rtfTokens } from './rtf-tokens.js';

/** The state that a group in braces changes until it ends. */
interface Group {
  /** The destination of its text: the document, nowhere, or a table of names. */
  target: 'body' | 'edge' | 'none' | 'fonts' | 'styles' | 'title' | 'info';
  /** How many characters after a Unicode character replace it in old programs, and are skipped. */
  fallback: number;
  codePage: string;
  isHidden: boolean;
  isStarred: boolean;
}

const mostGroups = 10_000;
const plain = { heading: 0, list: undefined, tables: 0 };

/**
 * Converts rich text to Markdown: headings by style or outline level, lists, tables, and headers and footers once. Errors: `document_bomb`,
 * `document_damaged`.
 */
export function parseRtf(bytes: Uint8Array): ParsedDocument {
  const { body, edges, title } = readRtf(bytes);
  const writer = createMarkdownWriter();
  for (const line of new Set(edges.split('\n').map((part) => part.trim())))
    if (/\p{L}/u.test(line) && !/^\W*(page|seite)\W*((of|von)\W*)?$/i.test(line)) writer.paragraph(line);
  writer.raw(body.text());
  const document = parseMarkdown(writer.text(), mediaTypes.rtf);
  const best = document.title ?? (title.trim() === '' ? undefined : title.trim());
  return best === undefined ? document : { ...document, title: best };
}

function readRtf(bytes: Uint8Array): { readonly body: DocumentBody; readonly edges: string; readonly title: string } {
  const reader = new RtfReader();
  for (const token of rtfTokens(bytes)) {
    if (token.kind === 'open') reader.open();
    else if (token.kind === 'close') reader.close();
    else if (token.kind === 'byte') reader.byte(token.byte);
    else reader.word(token.word, token.value);
  }
  return reader.end();
}

class RtfReader {
  private readonly groups: Group[] = [];
  private group: Group = { target: 'body', fallback: 1, codePage: 'windows-1252', isHidden: false, isStarred: false };
  private readonly body = createDocumentBody();
  private paragraph: { heading: number; list: number | undefined; tables: number } = { ...plain };
  private readonly fonts = new Map<number, string>();
  private readonly headingStyles = new Map<number, number>();
  private edges = '';
  private title = '';
  private name = '';
  private font = 0;
  private style = 0;
  private pending: number[] = [];
  private skip = 0;

  open(): void {
    this.flush();
    if (this.groups.length >= mostGroups)
      throw new HeddleError('document_bomb', `It is nested deeper than ${mostGroups} groups: save it again.`);
    this.groups.push(this.group);
    this.group = { ...this.group, isStarred: false };
    this.name = '';
  }

  close(): void {
    this.flush();
    if (this.group.target === 'styles') this.endStyle();
    if (this.group.target === 'edge' && this.groups.at(-1)?.target !== 'edge') this.edges += '\n';
    this.group = this.groups.pop() ?? this.group;
    this.skip = 0;
  }

  byte(byte: number): void {
    if (this.skip > 0) this.skip -= 1;
    else this.pending.push(byte);
  }

  word(word: string, value?: number): void {
    if (word === 'u') {
      this.flush();
      const code = (value ?? 63) & 0xffff;
      this.text(String.fromCharCode(code));
      this.skip = this.group.fallback;
      return;
    }
    if (this.skip > 0 && word.length === 1) {
      this.skip -= 1;
      return;
    }
    this.flush();
    const sign = Object.hasOwn(signs, word) ? signs[word] : undefined;
    if (sign !== undefined) this.text(sign);
    else if (word === '*') this.group.isStarred = true;
    else if (!this.destination(word)) this.control(word, value);
  }

  end(): { readonly body: DocumentBody; readonly edges: string; readonly title: string } {
    this.flush();
    this.body.end();
    return { body: this.body, edges: this.edges, title: this.title };
  }

  /** Whether the word sets the destination of the text of its group. */
  private destination(word: string): boolean {
    const { group } = this;
    if (word === 'fonttbl') group.target = 'fonts';
    else if (word === 'stylesheet') group.target = 'styles';
    else if (word === 'info') group.target = 'info';
    else if (word === 'title' && group.target === 'info') group.target = 'title';
    else if (/^(?:header|footer)[lrf]?$/.test(word)) group.target = group.target === 'none' ? 'none' : 'edge';
    else if (unreadGroups.has(word)) group.target = 'none';
    else if (group.isStarred && !readGroups.has(word) && group.target !== 'styles' && group.target !== 'fonts') {
      group.isStarred = false;
      group.target = 'none';
    } else return false;
    return true;
  }

  private control(word: string, value: number | undefined): void {
    const { group } = this;
    if (word === 'ansicpg')
      group.codePage = iconv.encodingExists(`cp${value ?? 1252}`) ? `cp${value ?? 1252}` : group.codePage;
    else if (word === 'mac') group.codePage = 'macroman';
    else if (word === 'uc') group.fallback = Math.min(Math.max(value ?? 1, 0), 10);
    else if (word === 'v') group.isHidden = value !== 0;
    else if (word === 'plain') group.isHidden = false;
    else if (word === 'f') {
      this.font = value ?? 0;
      if (group.target === 'body' || group.target === 'edge')
        group.codePage = this.fonts.get(this.font) ?? group.codePage;
    } else if (word === 'fcharset' && group.target === 'fonts') {
      const page = charsets[value ?? 0];
      // Character set 0 is the default: the font keeps the code page of the document.
      if (page !== undefined && value !== 0) this.fonts.set(this.font, page);
    } else if (word === 's') {
      this.style = value ?? 0;
      if (group.target === 'body') this.paragraph.heading = this.headingStyles.get(this.style) ?? 0;
    } else if (word === 'outlinelevel') {
      if (group.target === 'body') this.paragraph.heading = (value ?? 9) < 9 ? (value ?? 0) + 1 : 0;
      else if (group.target === 'styles' && (value ?? 9) < 9) this.headingStyles.set(this.style, (value ?? 0) + 1);
    } else if (group.target === 'edge') {
      if (word === 'par' || word === 'cell') this.edges += '\n';
    } else if (group.target === 'body') this.layout(word, value);
  }

  /** Handles ends of paragraphs, cells and rows, and properties of paragraphs. */
  private layout(word: string, value: number | undefined): void {
    const { paragraph, body } = this;
    if (word === 'pard') this.paragraph = { ...plain };
    else if (word === 'intbl') paragraph.tables = Math.max(paragraph.tables, 1);
    else if (word === 'itap') paragraph.tables = Math.min(Math.max(value ?? 1, 0), 20);
    else if (word === 'ls') paragraph.list = (value ?? 0) > 0 ? (paragraph.list ?? 0) : undefined;
    else if (word === 'ilvl') paragraph.list = Math.min(Math.max(value ?? 0, 0), 8);
    else if (word === 'par' || word === 'sect' || word === 'page') body.paragraph(paragraph);
    else if (word === 'cell') body.cell(1);
    else if (word === 'row') body.row(1);
    else if (word === 'nestcell') body.cell(Math.max(paragraph.tables, 2));
    else if (word === 'nestrow') body.row(Math.max(paragraph.tables, 2));
  }

  private endStyle(): void {
    const level = /^heading (\d)/i.exec(this.name.trim())?.[1];
    if (level !== undefined) this.headingStyles.set(this.style, Number(level));
    else if (/^title;/i.test(this.name.trim())) this.headingStyles.set(this.style, 1);
    this.name = '';
  }

  private flush(): void {
    if (this.pending.length === 0) return;
    const bytes = Buffer.from(this.pending);
    this.pending = [];
    this.text(iconv.decode(bytes, this.group.codePage));
  }

  private text(text: string): void {
    const { target, isHidden } = this.group;
    if (target === 'styles') this.name += text;
    else if (target === 'title') this.title += text;
    else if (isHidden) return;
    else if (target === 'edge') this.edges += text;
    else if (target === 'body') this.body.write(text);
  }
}
