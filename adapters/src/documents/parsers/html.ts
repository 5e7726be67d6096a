import { HeddleError, type ParsedDocument } from '@heddle/core';
import { Parser } from 'htmlparser2';
import { NodeHtmlMarkdown } from 'node-html-markdown';
import { htmlDepth } from '../limits.js';
import { withMathMl } from './formulas/math-ml.js';
import { htmlPieces } from './html-pieces.js';
import { parseMarkdown } from './markdown.js';
import { withoutTables } from './tables/html-tables.js';

/** The members of the converter's elements that are used; its own types name those of a browser. */
interface HtmlElement {
  getAttribute(name: string): string | null | undefined;
}

const converter = new NodeHtmlMarkdown(
  {
    bulletMarker: '-',
    emDelimiter: '*',
    maxConsecutiveNewlines: 2,
    ignore: ['script', 'style', 'noscript', 'template', 'svg', 'nav', 'select', 'button', 'iframe', 'head', 'title'],
    // The text is for reading and quoting, so only what Markdown would read as a heading is escaped.
    globalEscape: [/(?!)/g, ''],
    lineStartEscape: [/^(\s*)(#{1,6}\s)/gm, '$1\\$2'],
  },
  { img: ({ node }: { readonly node: HtmlElement }) => ({ content: node.getAttribute('alt') ?? '', recurse: false }) },
);

/** Converts HTML to Markdown: headings, lists and tables stay; scripts, styles and navigation are removed. */
export function parseHtml(html: string): ParsedDocument {
  const title = checkHtml(html);
  const document = parseMarkdown(htmlToMarkdown(html), 'text/html');
  return title === '' ? document : { ...document, title };
}

/** Converts HTML that has passed `checkHtml`. */
export function htmlToMarkdown(html: string, options: { readonly isWord?: boolean } = {}): string {
  const { html: bare, restore } = withoutTables(withMathMl(html), options);
  const texts = htmlPieces(bare).map((piece) => converter.translate(piece).trim());
  return `${restore(texts.filter((text) => text !== '').join('\n\n'))}\n`;
}

/** Refuses HTML whose nesting is so deep that converters would hang. Returns the title. */
export function checkHtml(html: string): string {
  let depth = 0;
  let title = '';
  let isTitle = false;
  const parser = new Parser({
    onopentag: (name) => {
      depth += 1;
      if (depth > htmlDepth) {
        throw new HeddleError(
          'document_damaged',
          `The HTML is nested deeper than ${htmlDepth} elements: save the page again with a browser.`,
        );
      }
      isTitle = name === 'title' && title === '';
    },
    onclosetag: () => {
      depth -= 1;
      isTitle = false;
    },
    ontext: (text) => {
      if (isTitle) title += text;
    },
  });
  parser.end(html);
  return title.replace(/\s+/g, ' ').trim();
}
