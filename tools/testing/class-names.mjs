/** A CSS module for specs: the name of each class is its key, so that a spec can find elements by it. */
const names =
  "new Proxy({}, { get: (_, name) => (typeof name === 'string' && name !== '__esModule' ? name : undefined) })";

/** The module for Node's own loader. */
export const classNames = `export default ${names};\n`;

/** The module for Jest's loader, which expects CommonJS. */
export default { process: () => ({ code: `module.exports = ${names};\n` }) };
