import { asFormula, escapeXml, formulaTree, replaceElements, type FormulaNode } from './formula-tree.js';

/** Replaces each MathML formula of an HTML page by LaTeX: its own LaTeX annotation, or LaTeX made from its elements. */
export function withMathMl(html: string): string {
  if (!/<math[\s>]/i.test(html)) return html;
  const lower = html.replaceAll(/<(\/?)math(?=[\s>])/gi, '<$1math');
  return replaceElements(lower, 'math', (element) => escapeXml(asFormula(latexOf(formulaTree(element)))));
}

/** The formula of a MathML document; undefined if it has none or an empty one. */
export function mathText(xml: string): string | undefined {
  const root = formulaTree(xml).children.find(({ name }) => name === 'math');
  const text = root === undefined ? '' : asFormula(latexOf(root));
  return text === '' ? undefined : text;
}

function latexOf(node: FormulaNode): string {
  // Each element is converted only once: twice on each level would take exponential time.
  const parts = node.children.map(latexOf);
  const [first = '', second = '', third = ''] = parts;
  switch (node.name.toLowerCase()) {
    case 'mi':
    case 'mn':
    case 'mo':
    case 'mtext':
    case 'ms':
      return node.text;
    case 'mfrac':
      return `\\frac{${first}}{${second}}`;
    case 'msup':
    case 'mover':
      return `${first}^{${second}}`;
    case 'msub':
    case 'munder':
      return `${first}_{${second}}`;
    case 'msubsup':
    case 'munderover':
      return `${first}_{${second}}^{${third}}`;
    case 'msqrt':
      return `\\sqrt{${parts.join('')}}`;
    case 'mroot':
      return `\\sqrt[${second}]{${first}}`;
    case 'mtable':
      return `\\begin{matrix}${parts.join(' \\\\ ')}\\end{matrix}`;
    case 'mtr':
      return parts.join(' & ');
    case 'semantics':
      return writtenLatex(node) ?? first;
    case 'annotation':
    case 'annotation-xml':
      return '';
    default:
      return `${node.text.trim()}${parts.join('')}`;
  }
}

/** The LaTeX annotation beside the elements. */
const writtenLatex = ({ children }: FormulaNode): string | undefined =>
  children.find(({ name, attributes }) => name === 'annotation' && /tex/i.test(attributes['encoding'] ?? ''))?.text;
