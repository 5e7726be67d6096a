// Packs the chat kit as a server serves it: `npm install …/clients/heddle-react.tgz`. Beside the bundle of vite.kit.config.mjs it has the types of its exports.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const types = join(here, 'dist', 'react-types', 'editor', 'src', 'features', 'chat-kit');
const packages = join(here, 'dist', 'packages');
const { version, license } = JSON.parse(readFileSync(join(here, 'package.json')));

const folder = mkdtempSync(join(tmpdir(), 'heddle-react-'));
try {
  mkdirSync(join(folder, 'types'));
  copyTypes('react.d.ts');
  for (const name of ['heddle-react.js', 'style.css']) cpSync(join(here, 'dist', 'react', name), join(folder, name));
  cpSync(join(here, 'src/features/chat-kit/PACKAGE.md'), join(folder, 'README.md'));
  cpSync(join(here, '../LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(described(), null, 2)}\n`);
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json'], { cwd: folder, encoding: 'utf8' }));
  mkdirSync(packages, { recursive: true });
  // Under its name once it is whole: a server may be sending it.
  cpSync(join(folder, filename), join(packages, '.new'));
  renameSync(join(packages, '.new'), join(packages, 'heddle-react.tgz'));
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(here, 'dist', 'react-types'), { recursive: true, force: true });
}

function described() {
  return {
    name: '@heddle/react',
    version,
    license,
    type: 'module',
    sideEffects: ['*.css'],
    description: 'A chat with a published workflow of a Heddle server, as React components.',
    exports: {
      '.': { types: './types/react.d.ts', default: './heddle-react.js' },
      './style.css': './style.css',
    },
    peerDependencies: { '@heddle/client': version, react: '>=19', 'react-dom': '>=19' },
    // Both packages come from the server, and no registry has them.
    peerDependenciesMeta: { '@heddle/client': { optional: true } },
  };
}

/** Copies the types of a file and of what they name; types of other folders are no part of the package. */
function copyTypes(name) {
  const target = join(folder, 'types', name);
  const text = readFileSync(join(types, name), 'utf8').replace(
    /^import '.*\.css';\n|^\/\/# sourceMappingURL=.*$/gm,
    '',
  );
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  for (const [, path = ''] of text.matchAll(/from ['"]([^'"]+)['"]/g)) {
    if (path === 'react' || path === '@heddle/client') continue;
    if (!/^\.\/[\w-]+\.js$/.test(path))
      throw new Error(
        `${name} names a type of '${path}': types of the package come from its own folder, react and @heddle/client.`,
      );
    const next = path.slice(2).replace(/\.js$/, '.d.ts');
    try {
      readFileSync(join(folder, 'types', next));
    } catch {
      copyTypes(next);
    }
  }
}
