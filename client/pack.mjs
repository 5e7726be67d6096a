// Packs the clients as a server offers them: `npm install …/clients/heddle-client.tgz`, `pip install
// …/clients/heddle_client-…-none-any.whl`.
import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipOf } from './write-zip.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const packages = join(here, 'dist', 'packages');
const read = (name) => readFileSync(join(here, name));
const about = JSON.parse(read('package.json'));

rmSync(packages, { recursive: true, force: true });
mkdirSync(packages, { recursive: true });
put('heddle-client.tgz', packageOfNpm());
put(`heddle_client-${about.version}-py3-none-any.whl`, wheel());

/** Renames the file only when it is complete, because a server may be sending it. */
function put(name, content) {
  writeFileSync(join(packages, '.new'), content);
  renameSync(join(packages, '.new'), join(packages, name));
}

function packageOfNpm() {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-client-'));
  try {
    cpSync(join(here, 'dist'), join(folder, 'dist'), {
      recursive: true,
      filter: (path) => !/\.tsbuildinfo$|\.map$|packages$/.test(path),
    });
    for (const name of ['README.md', '../LICENSE']) cpSync(join(here, name), join(folder, name.split('/').at(-1)));
    const { name, version, description, license, type, sideEffects, engines, exports } = about;
    const entry = { types: exports['.'].types, default: exports['.'].default };
    const described = { name, version, description, license, type, sideEffects, engines, exports: { '.': entry } };
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(described, null, 2)}\n`);
    const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json'], { cwd: folder, encoding: 'utf8' }));
    return readFileSync(join(folder, filename));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A wheel of pure Python (Binary distribution format, PyPA). */
function wheel() {
  const { version, description, license } = about;
  const information = `heddle_client-${version}.dist-info`;
  const readme = read('python/README.md').toString();
  const files = [
    ...readdirSync(join(here, 'python/heddle_client'))
      .filter((name) => /\.py$|^py\.typed$/.test(name))
      .sort()
      .map((name) => [`heddle_client/${name}`, read(`python/heddle_client/${name}`)]),
    [
      `${information}/METADATA`,
      Buffer.from(
        `Metadata-Version: 2.1\nName: heddle-client\nVersion: ${version}\nSummary: ${description}\nLicense: ${license}\nRequires-Python: >=3.10\nDescription-Content-Type: text/markdown\n\n${readme}`,
      ),
    ],
    [
      `${information}/WHEEL`,
      Buffer.from('Wheel-Version: 1.0\nGenerator: heddle\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    ],
    [`${information}/LICENSE`, read('../LICENSE')],
  ];
  const rows = files.map(
    ([name, content]) => `${name},sha256=${hash('sha256', content, 'base64url')},${content.length}\n`,
  );
  return zipOf([...files, [`${information}/RECORD`, Buffer.from(`${rows.join('')}${information}/RECORD,,\n`)]]);
}
