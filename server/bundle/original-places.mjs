import { isAbsolute, relative, sep } from 'node:path';

/**
 * Keeps what a module says about its place true after it has moved into the bundle: `import.meta.url`, `__dirname` and
 * `__filename` tell where it lay, so that child processes, workers and files beside it are found. `lent` maps names of packages to
 * entries of the bundle; there `import.meta.resolve(name)` leads, so that others get the copy that the program uses.
 */
export function originalPlaces(root, folder, lent) {
  const needRoot = new Set();
  const quoted = (parts) => JSON.stringify(parts.join('/'));
  return {
    name: 'original-places',
    transform(code, id) {
      if (!isAbsolute(id) || !/import\.meta\.|__dirname|__filename/.test(code)) return null;
      const inRoot = ['', ...relative(root, id).split(sep)];
      if (/\b__(dirname|filename)\b/.test(code)) needRoot.add(id);
      return {
        code: code
          .replaceAll(
            /\bimport\.meta\.url\b/g,
            `new URL(${quoted(relative(folder, id).split(sep))}, import.meta.url).href`,
          )
          .replaceAll(/\bimport\.meta\.resolve\('([^']+)'\)/g, (call, name) => {
            if (lent[name] === undefined) throw new Error(`${id}: ${call} names nothing that the bundle lends.`);
            return `new URL('./${lent[name]}.js', import.meta.url).href`;
          })
          .replaceAll(/\b__dirname\b/g, `(bundledRoot + ${quoted(inRoot.slice(0, -1))})`)
          .replaceAll(/\b__filename\b/g, `(bundledRoot + ${quoted(inRoot)})`),
        map: null,
      };
    },
    /** CommonJS has no `import.meta`: its chunk tells it where the repository is. */
    intro: (chunk) =>
      chunk.moduleIds.some((id) => needRoot.has(id))
        ? `const bundledRoot = import.meta.dirname.slice(0, -${relative(root, folder).length + 1});`
        : '',
  };
}
