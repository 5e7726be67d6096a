// Checks the words of code and docs against the glossary: the uses of a retired word (`docs/glossary.md`, "Retired words") and of a rule code that
// `docs/engine.md` does not list may become fewer in a package, never more. The counts stand in `tools/source/baseline.json`.
//   node tools/check-words.mjs                 fails where a package has a new use
//   node tools/check-words.mjs --list CHECK    prints the uses, such as of `retired word: door`, or of `all`
//   node tools/check-words.mjs --update        lowers the baseline to what is found
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { readArguments } from './read-arguments.mjs';
import { listFiles } from './source/list-files.mjs';
import { checkFixtures, reportFindings } from './source/report-findings.mjs';
import { findRuleCodes } from './source/rule-codes.mjs';
import { findRetiredWords, readRetiredWords } from './source/words.mjs';

/**
 * Files that are not checked: pages about the past, pages that name retired words or that a script writes, and code that reads what older
 * versions stored.
 */
const unread =
  /^(?:CHANGELOG\.md|docs\/(?:glossary|licences)\.md|docs\/decisions\/|core\/src\/names\/|adapters\/src\/database\/migrations\/|tools\/e2e\/upgrade)/;

const { values } = await readArguments(process.argv.slice(2), {
  usage: 'Usage: node tools/check-words.mjs [--list CHECK|all] [--update]',
  options: { list: { type: 'string' }, update: { type: 'boolean' } },
});

const readIfThere = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function findIn(files, retired, rules) {
  return files.flatMap((file) => [
    ...findRetiredWords(file, retired).map(({ word, say, line }) => ({
      check: `retired word: ${word}`,
      path: file.path,
      line,
      text: `say ${say}`,
    })),
    ...(file.path.endsWith('.md') ? [] : findRuleCodes(file, rules)).map(({ code, line }) => ({
      check: 'rule code',
      path: file.path,
      line,
      text: `docs/engine.md does not list ${code}: name the rule in words`,
    })),
  ]);
}

/** Reads the code of all packages, without fixtures and generated files, and the Markdown pages. */
function readFiles() {
  const code = listFiles(root).filter(({ kind }) => kind === 'source' || kind === 'test');
  const pages = execFileSync('git', ['ls-files', '-z', '--', '*.md'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && !/(?:__fixtures__|fixtures|handbook|samples)\//.test(path))
    .filter((path) => existsSync(join(root, path)));
  return [...code.map(({ path }) => path), ...pages]
    .filter((path) => !unread.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function findInFixture(name) {
  const folder = join(root, 'tools', 'fixtures', 'words');
  const files = readdirSync(join(folder, name)).map((file) => ({
    path: `server/${file}`,
    text: readFileSync(join(folder, name, file), 'utf8'),
  }));
  return findIn(files, readRetiredWords(readFileSync(join(folder, 'glossary.md'), 'utf8')), 'E1');
}

const checksOf = (retired) => [...new Set(retired.map(({ word }) => `retired word: ${word}`)), 'rule code'];
checkFixtures({
  title: 'words',
  checks: ['door', 'take in again', 'Least'].map((word) => `retired word: ${word}`).concat('rule code'),
  findIn: findInFixture,
});
const allowed = JSON.parse(readFileSync(join(root, 'tools', 'source', 'allowed-words.json'), 'utf8'));
const retired = readRetiredWords(readIfThere(join(root, 'docs', 'glossary.md')), allowed);
process.exitCode = reportFindings(findIn(readFiles(), retired, readIfThere(join(root, 'docs', 'engine.md'))), {
  title: 'words',
  command: 'node tools/check-words.mjs',
  checks: checksOf(retired),
  values,
});
