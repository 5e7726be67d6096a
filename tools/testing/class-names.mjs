/** A class module for specs: each class has its own name, so that a spec finds it by that. */
const names =
  "new Proxy({}, { get: (_, name) => (typeof name === 'string' && name !== '__esModule' ? name : undefined) })";

/** The module as Node's own loader reads it. */
export const classNames = `export default ${names};\n`;

/** Jest's own loader takes it as a CommonJS module. */
export default { process: () => ({ code: `module.exports = ${names};\n` }) };
