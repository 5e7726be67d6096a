import { readImports } from '../read-imports.mjs';

/** Finds files that import each other in a cycle, including type imports. Each file of a cycle is a finding. */
export const importCycles = (files) => findCircles(files, () => true);

/** Finds files that import each other in a cycle when they are loaded, so that the order of their initialisation matters. */
export const runtimeCycles = (files) => findCircles(files, ({ isType }) => !isType);

function findCircles(files, counts) {
  const paths = new Set(files.map(({ path }) => path));
  const fileAt = (path) => [path, path?.replace(/\.ts$/, '.tsx')].find((name) => paths.has(name));
  const imports = new Map(
    files.map((file) => [
      file.path,
      readImports(file)
        .filter(counts)
        .map(({ path }) => fileAt(path))
        .filter((path) => path !== undefined),
    ]),
  );
  return circlesOf(imports).flatMap((circle) =>
    circle.sort().map((path) => ({ path, line: 1, text: `in a circle of ${circle.length} files` })),
  );
}

/** Finds strongly connected components with more than one member (Tarjan's algorithm). */
function circlesOf(imports) {
  const states = new Map();
  const stack = [];
  const found = [];
  const visit = (path) => {
    const state = { index: states.size, low: states.size, isOnStack: true };
    states.set(path, state);
    stack.push(path);
    for (const next of imports.get(path)) {
      const known = states.get(next);
      if (known === undefined) state.low = Math.min(state.low, visit(next).low);
      else if (known.isOnStack) state.low = Math.min(state.low, known.index);
    }
    if (state.low === state.index) {
      const circle = stack.splice(stack.indexOf(path));
      for (const member of circle) states.get(member).isOnStack = false;
      if (circle.length > 1) found.push(circle);
    }
    return state;
  };
  for (const path of imports.keys()) if (!states.has(path)) visit(path);
  return found;
}
