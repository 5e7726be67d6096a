import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { root as repository } from '../built-program.js';
import { buildContext } from './build-context.js';
import { insideCommand, makeRoot, mountLines, quoted, unshareCommand } from './private-root.js';
import { copyOf, variablesOf, type Stage } from './read-dockerfile.js';

/** The state after the instructions of a stage. */
export interface CarriedOut {
  /** The folder that serves as `/`. */
  readonly root: string;
  readonly folder: string;
  readonly user: string;
  readonly variables: Readonly<Record<string, string>>;
}

const workspaces = ['core', 'engine', 'nodes', 'adapters', 'server', 'editor'];

/**
 * Executes the instructions of a Dockerfile without a container engine, network or registry. What is installed and built in the repository
 * replaces `npm ci` and `npm run build`; all other commands run as they are written.
 */
export function carryOut(stages: readonly Stage[], folder: string): CarriedOut {
  const done = new Map<string, CarriedOut>();
  const seen = buildContext();
  let last: CarriedOut | undefined;
  for (const [index, stage] of stages.entries()) {
    last = carryOutStage(stage, join(folder, `stage-${index}`), done, seen);
    done.set(stage.name ?? String(index), last);
  }
  if (last === undefined) throw new Error('The Dockerfile has no stage.');
  return last;
}

function carryOutStage(
  stage: Stage,
  folder: string,
  done: ReadonlyMap<string, CarriedOut>,
  seen: readonly string[],
): CarriedOut {
  let state: CarriedOut = { root: makeRoot(join(folder, 'root')), folder: '/', user: 'root', variables: {} };
  const mounts: string[] = [];
  for (const { name, text } of stage.instructions) {
    if (name === 'WORKDIR') {
      state = { ...state, folder: posix.resolve(state.folder, text) };
      mkdirSync(join(state.root, state.folder), { recursive: true });
    } else if (name === 'ENV') state = { ...state, variables: { ...state.variables, ...variablesOf(text) } };
    else if (name === 'USER') state = { ...state, user: text };
    else if (name === 'COPY') copy(text, state, done, seen);
    else if (name === 'RUN' && text.startsWith('npm ci ')) mounts.push(...install(state, folder));
    else if (name === 'RUN' && text === 'npm run build') build(state);
    else if (name === 'RUN') run(text, state, mounts);
    else if (!['VOLUME', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'CMD'].includes(name))
      throw new Error(`${name} is not carried out here: teach tools/e2e/image about it.`);
  }
  return state;
}

function copy(text: string, state: CarriedOut, done: ReadonlyMap<string, CarriedOut>, seen: readonly string[]): void {
  const { from, sources, to } = copyOf(text);
  const target = join(state.root, posix.resolve(state.folder, to));
  const origin = from === undefined ? undefined : done.get(from);
  if (origin !== undefined) {
    // Hard links suffice, because nothing writes to these files later.
    for (const source of sources) execFileSync('cp', ['-al', `${join(origin.root, source)}/.`, target]);
    return;
  }
  if (from !== undefined) throw new Error(`COPY --from=${from}: there is no such stage before this one.`);
  for (const source of sources) {
    const files = source === '.' ? seen : seen.filter((file) => file === source || file.startsWith(`${source}/`));
    if (files.length === 0) throw new Error(`COPY ${source}: no such file in what the build gets to see.`);
    for (const file of files) {
      const rest = source === '.' ? file : file === source ? posix.basename(file) : file.slice(source.length + 1);
      const isRenamed = file === source && sources.length === 1 && !to.endsWith('/') && to !== '.';
      const path = isRenamed ? target : join(target, rest);
      mkdirSync(dirname(path), { recursive: true });
      cpSync(join(repository, file), path);
    }
  }
}

/** Mounts the installed packages as an overlay, so that changes stay in a folder of the stage. */
function install(state: CarriedOut, folder: string): readonly string[] {
  for (const each of workspaces) copyIfThere(`${each}/node_modules`, state);
  const at = join(state.root, state.folder, 'node_modules');
  const upper = join(folder, 'upper');
  const work = join(folder, 'work');
  for (const each of [at, upper, work]) mkdirSync(each, { recursive: true });
  const layers = `lowerdir=${join(repository, 'node_modules')},upperdir=${upper},workdir=${work},redirect_dir=on`;
  return [`mount -t overlay overlay -o ${quoted(layers)} ${quoted(at)}`];
}

function build(state: CarriedOut): void {
  for (const each of workspaces) copyIfThere(`${each}/dist`, state);
  if (globSync('*/dist', { cwd: join(state.root, state.folder) }).length < workspaces.length)
    throw new Error('Not all is built: run `npm run build` first.');
}

function copyIfThere(path: string, state: CarriedOut): void {
  const source = join(repository, path);
  if (existsSync(source)) execFileSync('cp', ['-a', source, join(state.root, state.folder, dirname(path))]);
}

function run(command: string, state: CarriedOut, mounts: readonly string[]): void {
  const lines = [...mountLines(state.root), ...mounts];
  const inside = insideCommand(state.user, state.folder, state.variables, ['sh', '-c', command]);
  execFileSync('unshare', unshareCommand(lines, state.root, inside), { stdio: ['ignore', 'ignore', 'pipe'] });
}
