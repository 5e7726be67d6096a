import { asFormula, childOf, escapeXml, formulaTree, replaceElements, type FormulaNode } from './formula-tree.js';

/**
 * Replaces each formula in the XML of an Office file by a text run with LaTeX between dollar signs. `run` makes a run of the file's own
 * format from escaped text.
 */
export function withOfficeMath(xml: string, run: (text: string) => string): string {
  if (!xml.includes('<m:oMath')) return xml;
  const runs = replaceElements(xml, 'm:oMath', (element) => {
    const formula = asFormula(latexOf(formulaTree(element)));
    return formula === '' ? '' : run(escapeXml(formula));
  });
  // A formula on its own line has an additional element around it, with its alignment.
  return replaceElements(runs, 'm:oMathParaPr', () => '').replaceAll(/<\/?m:oMathPara(?:\s[^<>]*)?>/g, '');
}

function latexOf(node: FormulaNode): string {
  const part = (name: string): string => {
    const child = childOf(node, name);
    return child === undefined ? '' : latexOf(child);
  };
  const marked = (mark: string, text: string): string => (text === '' ? '' : `${mark}{${text}}`);
  const below = (): string => marked('_', part('sub'));
  const above = (): string => marked('^', part('sup'));
  switch (node.name) {
    case 't':
      return node.text;
    case 'f':
      return `\\frac{${part('num')}}{${part('den')}}`;
    case 'sSup':
    case 'sSub':
    case 'sSubSup':
      return `${part('e')}${below()}${above()}`;
    case 'sPre':
      return `{}${below()}${above()}${part('e')}`;
    case 'rad':
      return rootOf(part('deg'), part('e'));
    case 'nary':
      return `${valueOf(node, 'chr', '∫')}${below()}${above()}{${part('e')}}`;
    case 'd':
      return fenced(node);
    case 'func':
      return `${part('fName')} ${part('e')}`;
    case 'limLow':
      return `${part('e')}_{${part('lim')}}`;
    case 'limUpp':
      return `${part('e')}^{${part('lim')}}`;
    case 'eqArr':
      return rows(node.children.filter(({ name }) => name === 'e').map(latexOf));
    case 'm':
      return rows(
        node.children
          .filter(({ name }) => name === 'mr')
          .map(({ children }) =>
            children
              .filter(({ name }) => name === 'e')
              .map(latexOf)
              .join(' & '),
          ),
      );
    default:
      // Properties have no text of their own.
      return node.name.endsWith('Pr') ? '' : node.children.map(latexOf).join('');
  }
}

const rootOf = (degree: string, inner: string): string => `\\sqrt${degree === '' ? '' : `[${degree}]`}{${inner}}`;
const rows = (lines: readonly string[]): string => `\\begin{matrix}${lines.join(' \\\\ ')}\\end{matrix}`;

function fenced(node: FormulaNode): string {
  const parts = node.children.filter(({ name }) => name === 'e').map(latexOf);
  return `${valueOf(node, 'begChr', '(')}${parts.join(valueOf(node, 'sepChr', '|'))}${valueOf(node, 'endChr', ')')}`;
}

/** A property of an element, such as the sign of a sum. */
function valueOf(node: FormulaNode, name: string, usual: string): string {
  const properties = node.children.find((child) => child.name.endsWith('Pr'));
  const property = properties === undefined ? undefined : childOf(properties, name);
  return property === undefined ? usual : (property.attributes['m:val'] ?? property.attributes['val'] ?? '');
}
