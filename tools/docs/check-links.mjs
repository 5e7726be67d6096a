import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Lists the pages for readers: those in the root of the repository, in docs/ and in the templates. */
export function pagesOf(root) {
  return globSync(['*.md', 'docs/**/*.md', 'workflows/*/README.md'], { cwd: root }).map((file) =>
    file.replaceAll('\\', '/'),
  );
}

/**
 * Finds problems of Markdown files: a link to a missing file or heading, a named source file that does not exist, and a page under docs/
 * that cannot be reached from the README. External links are not checked.
 *
 * @example linkProblems(root, ['README.md', 'docs/nodes.md'])
 */
export function linkProblems(root, files) {
  const linksOf = new Map(files.map((file) => [file, linksIn(root, file)]));
  const broken = [...linksOf].flatMap(([file, links]) =>
    links.flatMap(({ target, path, anchor }) => {
      if (!existsSync(join(root, path))) return [`${file}: '${target}' is not there.`];
      if (anchor === undefined || !path.endsWith('.md') || headingsOf(root, path).has(anchor)) return [];
      return [`${file}: '${target}' names a heading that ${path} does not have.`];
    }),
  );
  const reached = reachedFrom(root, 'README.md', linksOf);
  const lost = files.filter((file) => file.startsWith('docs/') && !reached.has(file));
  const moved = files.flatMap((file) => missingSources(root, file));
  return [...broken, ...moved, ...lost.map((file) => `${file}: nothing leads here from README.md; link it.`)];
}

/**
 * Finds source files that a page names in code and that do not exist. Decision records are left out, because they describe the past; names
 * with capitals are placeholders.
 */
function missingSources(root, file) {
  if (file.startsWith('docs/decisions/')) return [];
  const named = readFileSync(join(root, file), 'utf8').matchAll(
    /`((?:core|engine|nodes|adapters|server|editor|tools|workflows)\/[\w./-]+\.(?:ts|tsx|mjs|css))`/g,
  );
  return [...named]
    .map(([, path]) => path)
    .filter((path) => !/[A-Z]{4}/.test(path) && !existsSync(join(root, path)))
    .map((path) => `${file}: '${path}' is not there.`);
}

/** Lists the relative links of a file outside code, as written and as resolved paths. */
function linksIn(root, file) {
  const text = readFileSync(join(root, file), 'utf8')
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replace(/`[^`\n]*`/g, '');
  const targets = [
    ...text.matchAll(/\]\(\s*<?([^\s)>]+)>?[^)]*\)/g),
    ...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm),
    ...text.matchAll(/\b(?:src|href)="([^"]+)"/g),
  ].map(([, target]) => target);
  return targets
    .filter((target) => !/^(?:[a-z][a-z\d+.-]*:|\/)/i.test(target))
    .map((target) => {
      const [name, anchor] = target.split('#');
      const path = name === '' ? file : posix.normalize(posix.join(dirname(file), decodeURIComponent(name)));
      return { target, path, anchor };
    });
}

/** Lists the anchors of a page, as GitHub derives them from its headings. */
function headingsOf(root, file) {
  const text = readFileSync(join(root, file), 'utf8').replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  const anchors = new Set([...text.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, name]) => name));
  const seen = new Map();
  for (const [, heading] of text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}

/** Follows links and lists all files that they reach. A link to a folder reaches its files. */
function reachedFrom(root, first, linksOf) {
  const reached = new Set([first]);
  for (const file of reached) {
    for (const { path } of linksOf.get(file) ?? []) {
      const isFolder = existsSync(join(root, path)) && statSync(join(root, path)).isDirectory();
      const folder = path.endsWith('/') ? path : `${path}/`;
      for (const other of linksOf.keys())
        if (other === path || (isFolder && other.startsWith(folder))) reached.add(other);
    }
  }
  return reached;
}
