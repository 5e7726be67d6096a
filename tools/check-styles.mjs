// Checks the styles of the editor. A class of a feature belongs in a CSS module (`*.module.css`) beside the components that use it, a class
// of the kit in a sheet of `ui/`. The fixtures each break a rule and must be refused.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/repository.mjs';
import { parse } from './source/read-sources.mjs';
import { readClassUses } from './source/styles/read-class-uses.mjs';
import { isOfLibrary, readSheet } from './source/styles/read-sheet.mjs';

/**
 * Features that may have a global sheet, because they are pages or packages without the editor around them. This list may become shorter,
 * never longer.
 */
const pages = ['api-docs', 'chat-kit', 'share'];

const featureOf = (path) => /^features\/([\w-]+)\//.exec(path)?.[1];
const isModule = (path) => path.endsWith('.module.css');

/** Reads the sheets and the components below a folder, without specs, as `{ path, text }`. */
function readFolder(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(?:css|tsx?)$/.test(path) && !/\.spec\.tsx?$|(?:^|\/)testing\//.test(path))
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
  return {
    sheets: files
      .filter(({ path }) => path.endsWith('.css'))
      .map(({ path, text }) => ({ path, rules: readSheet(text) })),
    uses: files
      .filter(({ path }) => /\.tsx?$/.test(path))
      .flatMap(({ path, text }) => readClassUses(parse({ path }, text)).map((use) => ({ ...use, path }))),
  };
}

/** Lists the problems of a folder, one line each, beginning with the name of the rule. */
function judge(folder, allowed) {
  const { sheets, uses } = readFolder(folder);
  // A component of the kit may also set a class that only others style.
  const marks = uses.filter(({ path }) => featureOf(path) === undefined).map(({ name }) => name);
  const kit = new Set([...namesOf(sheets.filter(({ path }) => !isModule(path))), ...marks]);
  const modules = sheets.filter(({ path }) => isModule(path));
  return [
    ...globalSheets(sheets, allowed),
    ...modules.flatMap((sheet) => globalRules(sheet, kit)),
    ...modules.flatMap((sheet) => unusedClasses(sheet, uses)),
    ...missingClasses(uses, modules, kit),
  ];
}

const namesOf = (sheets) => new Set(sheets.flatMap(({ rules }) => rules.flatMap(({ own }) => own)));

function globalSheets(sheets, allowed) {
  const found = sheets.filter(({ path }) => featureOf(path) !== undefined && !isModule(path));
  return [
    ...found
      .filter(({ path }) => !allowed.includes(featureOf(path)))
      .map(
        ({ path }) =>
          `global sheet: ${path}: the styles of a feature are a class module, ${path.replace('.css', '.module.css')}`,
      ),
    ...allowed
      .filter((feature) => !found.some(({ path }) => featureOf(path) === feature))
      .map((feature) => `shorter list: ${feature} has no global sheet: take it out of tools/check-styles.mjs`),
  ];
}

/** A module styles its own classes. Beside one of them, its selectors may name classes of the kit or of libraries. */
function globalRules({ path, rules }, kit) {
  return rules.flatMap(({ line, text, own, outer }) => [
    ...(own.length > 0 || outer.some(isOfLibrary)
      ? []
      : [`global rule: ${path}:${line}: '${text}' has no class of this module: it would hold for every page`]),
    ...outer
      .filter((name) => !kit.has(name) && !isOfLibrary(name))
      .map((name) => `unknown global: ${path}:${line}: no sheet of ui/ has a class '${name}'`),
  ]);
}

/** Each class of a module must be used by a component of its feature. The sheets of one feature share their classes. */
function unusedClasses({ path, rules }, uses) {
  const feature = featureOf(path);
  const own = uses.filter(({ sheet }) => sheet !== undefined && featureOf(sheet) === feature);
  const isUsed = (name) => own.some((use) => (use.isStart ? name.startsWith(use.name) : use.name === name));
  return [...new Set(rules.flatMap((rule) => rule.own))]
    .filter((name) => !isUsed(name))
    .map((name) => `unused class: ${path}: no component of ${feature} uses '${name}': delete its rules`);
}

/** Each class that is used must have a rule, in the kit or in the module from which the component imports it. */
function missingClasses(uses, modules, kit) {
  const own = (sheet) => namesOf(modules.filter(({ path }) => path === sheet));
  const isThere = ({ sheet, name, isStart }) => {
    if (sheet === undefined) return kit.has(name) || isOfLibrary(name);
    return isStart ? [...own(sheet)].some((one) => one.startsWith(name)) : own(sheet).has(name);
  };
  return uses
    .filter((use) => !isThere(use))
    .map(({ path, line, name, sheet }) => {
      const where = sheet === undefined ? 'no sheet of ui/ has a class' : `${sheet} has no class`;
      return `class without a rule: ${path}:${line}: ${where} '${name}'`;
    });
}

function fail(problems) {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exit(1);
}

fail(judge(join(root, 'editor', 'src'), pages));
fail(judge(join(root, 'tools', 'fixtures', 'styles', 'good'), ['page']));
const found = judge(join(root, 'tools', 'fixtures', 'styles', 'bad'), ['page']);
const rules = ['global sheet', 'shorter list', 'global rule', 'unknown global', 'unused class', 'class without a rule'];
fail(
  rules
    .filter((rule) => !found.some((problem) => problem.startsWith(`${rule}:`)))
    .map((rule) => `The check of styles does not refuse its fixture (missing: ${rule}).`),
);
process.stdout.write(
  'styles: the classes of features stand in modules, each with a rule and a use; the fixtures that break this are refused\n',
);
