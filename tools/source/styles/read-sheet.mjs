/** Whether a class comes from a library: React Flow, CodeMirror and uPlot set their own classes on elements that they create. */
export const isOfLibrary = (name) =>
  /^(?:react-flow|cm-|u-(?:wrap|over|under|axis|select|off|cursor)|handle$|line$|no(?:drag|pan|wheel)$)/.test(name);

const classes = /\.(-?[A-Za-z_][\w-]*)/g;
const bare = (selector) => selector.replace(/\[[^\]]*\]/g, '');
const namesIn = (text) => [...text.matchAll(classes)].map(([, name]) => name);

/**
 * Reads the selectors of a sheet, as `{ line, text, own, outer }`: the classes that a selector names, and those inside `:global(…)`. Each
 * selector of a list is a separate entry.
 *
 * @example readSheet('.row > :global(.quiet) { color: red }'); // [{ line: 1, text: …, own: ['row'], outer: ['quiet'] }]
 */
export function readSheet(text) {
  // Comments are replaced by spaces, so that line numbers stay the same.
  const code = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  const found = [];
  let inKeyframes = 0;
  let depth = 0;
  for (const { 0: piece, index } of code.matchAll(/[^{};]*[{};]/g)) {
    const head = piece.slice(0, -1).trim();
    if (piece.endsWith('}')) {
      if (depth === inKeyframes) inKeyframes = 0;
      depth -= 1;
    } else if (piece.endsWith('{')) {
      depth += 1;
      if (/^@(?:-\w+-)?keyframes/.test(head)) inKeyframes = depth;
      const line = code.slice(0, index + piece.indexOf(head)).split('\n').length;
      if (!head.startsWith('@') && inKeyframes === 0)
        found.push(...splitList(head).map((selector) => describe(selector, line)));
    }
  }
  return found;
}

function describe(selector, line) {
  const outer = [...bare(selector).matchAll(/:global\(([^)]*)\)/g)].flatMap(([, inner]) => namesIn(inner));
  const own = namesIn(bare(selector).replace(/:global\([^)]*\)/g, ''));
  return { line, text: selector.replace(/\s+/g, ' '), own, outer };
}

/** Splits a list of selectors at its commas, except for those inside parentheses. */
function splitList(list) {
  const parts = [''];
  let depth = 0;
  for (const sign of list) {
    if ('(['.includes(sign)) depth += 1;
    if (')]'.includes(sign)) depth -= 1;
    if (sign === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
