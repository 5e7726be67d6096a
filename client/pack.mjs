// Packs the built client as its server serves it: `npm install https://heddle.example.com/clients/heddle-client.tgz`.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const packages = join(here, 'dist', 'packages');
const folder = mkdtempSync(join(tmpdir(), 'heddle-client-'));
try {
  cpSync(join(here, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !/\.tsbuildinfo$|\.map$|packages$/.test(path),
  });
  for (const name of ['README.md', '../LICENSE']) cpSync(join(here, name), join(folder, name.split('/').at(-1)));
  const { name, version, description, license, type, sideEffects, engines, exports } = JSON.parse(
    readFileSync(join(here, 'package.json'), 'utf8'),
  );
  const entry = { types: exports['.'].types, default: exports['.'].default };
  const described = { name, version, description, license, type, sideEffects, engines, exports: { '.': entry } };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(described, null, 2)}\n`);
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json'], { cwd: folder, encoding: 'utf8' }));
  mkdirSync(packages, { recursive: true });
  cpSync(join(folder, filename), join(packages, '.new'));
  renameSync(join(packages, '.new'), join(packages, 'heddle-client.tgz'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
