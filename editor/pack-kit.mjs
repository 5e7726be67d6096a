// Packs the chat kit as the package that a server offers (`npm install …/clients/heddle-react.tgz`): the bundle from vite.kit.config.mjs,
// and the types of its exports.
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
  // Renames the file only when it is complete, because a server may be sending the old one.
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
    // The server offers both packages; they are not in a registry.
    peerDependenciesMeta: { '@heddle/client': { optional: true } },
  };
}

/** Copies a type file and the type files that it refers to. Types of other folders do not belong to the package. */
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
