/** A name that no file has. */
const id = '\0node-http';

/**
 * Lets modules have Node's `http` without its view as an ES module: that view reads every export, among them those that load all
 * of undici, a tenth of a start. Who calls `fetch` still loads it then.
 */
export function plainHttp() {
  return {
    name: 'plain-http',
    resolveId: (name) => (isHttp(name) ? { id, moduleSideEffects: true } : null),
    load: (wanted) =>
      wanted === id ? { code: "module.exports = process.getBuiltinModule('node:http');", moduleType: 'js' } : null,
  };
}

/** Whether a module is named that this plug-in stands in for. */
export function isHttp(name) {
  return name === 'node:http' || name === 'http';
}
