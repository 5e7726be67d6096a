import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { root } from '../built-program.js';

/**
 * Lists the files of the repository that an image build sees according to `.dockerignore`, among the files that git tracks or would track.
 * As in a fresh checkout, nothing that was built or installed here is included.
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

/** A pattern matches a file, or a folder with everything in it. */
function isIgnored(file: string, pattern: string): boolean {
  return matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`);
}
