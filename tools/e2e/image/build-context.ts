import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { root } from '../built-program.js';

/**
 * The files of the repository that a build gets to see, by `.dockerignore`: those that git knows or would take. What is
 * built or installed here is not among them, as it is on a fresh checkout.
 */
export function buildContext(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const patterns = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return listed.split('\0').filter((file) => file !== '' && !patterns.some((pattern) => isIgnored(file, pattern)));
}

/** A pattern means a file, or a folder with all in it. */
function isIgnored(file: string, pattern: string): boolean {
  return matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`);
}
