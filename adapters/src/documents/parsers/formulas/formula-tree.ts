import { Parser } from 'htmlparser2';

export interface FormulaNode {
  /** The name without its namespace prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: FormulaNode[];
  /** The text directly in the element. */
  text: string;
}

/** Formulas are shallow; elements below this depth are left out. */
const deepest = 60;

/** Parses the XML of a formula. */
export function formulaTree(xml: string): FormulaNode {
  const root: FormulaNode = { name: '', attributes: {}, children: [], text: '' };
  const open: FormulaNode[] = [root];
  let depth = 0;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        depth += 1;
        if (depth > deepest) return;
        const node = { name: localName(name), attributes, children: [], text: '' };
        open.at(-1)?.children.push(node);
        open.push(node);
      },
      onclosetag: () => {
        if (depth <= deepest && open.length > 1) open.pop();
        depth -= 1;
      },
      ontext: (text) => {
        const node = open.at(-1);
        if (node !== undefined && depth <= deepest) node.text += text;
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return root;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

export const childOf = (node: FormulaNode, name: string): FormulaNode | undefined =>
  node.children.find((child) => child.name === name);

/** Replaces each element called `name`, including its tags, by the result of `work`. An element without a closing tag stays. */
export function replaceElements(xml: string, name: string, work: (element: string) => string): string {
  const opening = `<${name}`;
  const closing = `</${name}>`;
  const parts: string[] = [];
  let from = 0;
  for (let at = xml.indexOf(opening); at >= 0; at = xml.indexOf(opening, at + 1)) {
    if (!/[\s>]/.test(xml.charAt(at + opening.length))) continue;
    const end = xml.indexOf(closing, at);
    if (end < 0) break;
    parts.push(xml.slice(from, at), work(xml.slice(at, end + closing.length)));
    from = end + closing.length;
    at = from - 1;
  }
  parts.push(xml.slice(from));
  return parts.join('');
}

/** Writes a formula as it appears in the text of a document; an empty formula gives an empty string. */
export function asFormula(latex: string): string {
  const line = latex.replace(/\s+/g, ' ').trim();
  return line === '' ? '' : `$${line}$`;
}

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
